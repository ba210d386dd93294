using System;
using PyStack.Engine.Memory;
using PyStack.Engine.Python.Layouts;

namespace PyStack.Engine.Python.Objects;

/// <summary>The types that values came by in one copy of the target's memory.</summary>
internal sealed class TypeTable(PythonLayout layout)
{
    /// <summary>No class inherits over more steps; what does is a circle.</summary>
    public const int MaxBases = 32;

    private const int MaxName = 64;

    /// <summary>Entries of a class's dict that its module is looked for in: it is among the first.</summary>
    private const int MaxDictPlaces = 256;

    private readonly TypeCache _types = new();

    /// <summary>Forgets all: another copy may have others at the same addresses.</summary>
    /// <param name="isFixed">Whether no memory may be taken from now on.</param>
    public void Clear(bool isFixed)
    {
        _types.Clear();
        _types.IsFixed = isFixed;
    }

    /// <summary>Gets ready for the pause that follows a rehearsal.</summary>
    public void Reserve() => _types.ReserveDouble();

    /// <summary>The type of an object; false where what stands there is none.</summary>
    public bool TryOf(IMemorySource memory, ulong address, out TypeInfo type)
    {
        type = default;
        return address != 0
            && address % sizeof(ulong) == 0
            && memory.TryReadPointer(address + (ulong)layout.Object.Type, out ulong typeAddress)
            && TryGet(memory, typeAddress, out type);
    }

    /// <summary>The type at an address.</summary>
    public bool TryGet(IMemorySource memory, ulong address, out TypeInfo type)
    {
        type = default;
        if (address == 0 || address % sizeof(ulong) != 0)
        {
            return false;
        }

        if (!_types.TryGet(address, out type, out bool isType))
        {
            isType = TryRead(memory, address, out type);
            _types.Add(address, type, isType);
        }

        return isType;
    }

    private bool TryRead(IMemorySource memory, ulong address, out TypeInfo type)
    {
        // A type is an object whose own type says of itself that its objects are types.
        type = default;
        if (!memory.TryReadPointer(address + (ulong)layout.Object.Type, out ulong metatype)
            || !TryReadFlags(memory, metatype, out ulong metaFlags)
            || (metaFlags & TypeInfo.TypeSubclass) == 0
            || !TryReadFlags(memory, address, out ulong flags)
            || !memory.TryReadPointer(address + (ulong)layout.Object.TypeName, out ulong name))
        {
            return false;
        }

        (ValueKind kind, bool isExact) = KindOf(memory, address, flags, metatype, metaFlags);
        type = new TypeInfo(address, name, flags, kind, isExact);
        return true;
    }

    private (ValueKind Kind, bool IsExact) KindOf(IMemorySource memory, ulong address, ulong flags, ulong metatype, ulong metaFlags)
    {
        if ((metaFlags & TypeInfo.HeapType) != 0 && IsEnumMeta(memory, metatype))
        {
            return (ValueKind.Enum, false);
        }

        ValueKind own = Named(memory, address, flags);
        if (own != ValueKind.Other)
        {
            return (own, true);
        }

        ValueKind byFlag = ByFlags(flags);
        if (byFlag == ValueKind.Tuple)
        {
            return (ValueKind.NamedTuple, false);
        }

        if (byFlag == ValueKind.Dict)
        {
            return (DictKindOf(memory, address), false);
        }

        if (byFlag != ValueKind.Other)
        {
            return (byFlag, false);
        }

        ulong current = address;
        for (int i = 0; i < MaxBases; i++)
        {
            if (!memory.TryReadPointer(current + (ulong)layout.Values.TypeBase, out current) || current == 0 || !TryReadFlags(memory, current, out ulong baseFlags))
            {
                break;
            }

            ValueKind inherited = Named(memory, current, baseFlags);
            if (inherited is ValueKind.Float or ValueKind.Complex or ValueKind.Set or ValueKind.FrozenSet or ValueKind.ByteArray
                or ValueKind.Date or ValueKind.Time or ValueKind.DateTime or ValueKind.TimeDelta or ValueKind.NumpyArray or ValueKind.Partial or ValueKind.Module
                or ValueKind.Deque or ValueKind.Namespace)
            {
                return (inherited, false);
            }
        }

        return ((flags & TypeInfo.HeapType) != 0 && IsOfCollections(memory, address, "ChainMap"u8) ? ValueKind.ChainMap : ValueKind.Other, false);
    }

    // Of the classes that inherit from dict, those of collections have a repr() of their own.
    private ValueKind DictKindOf(IMemorySource memory, ulong type)
    {
        for (int i = 0; i < MaxBases && type != 0 && TryReadFlags(memory, type, out ulong flags); i++)
        {
            ValueKind kind = Named(memory, type, flags);
            if (kind is ValueKind.OrderedDict or ValueKind.DefaultDict or ValueKind.Dict)
            {
                return kind;
            }

            if ((flags & TypeInfo.HeapType) != 0)
            {
                if (IsOfCollections(memory, type, "Counter"u8))
                {
                    return ValueKind.Counter;
                }

                if (layout.Unicode is null && IsOfCollections(memory, type, "OrderedDict"u8))
                {
                    return ValueKind.OrderedDict;
                }
            }

            if (!memory.TryReadPointer(type + (ulong)layout.Values.TypeBase, out type))
            {
                break;
            }
        }

        return ValueKind.Dict;
    }

    // A class of Python's own library, which no other of the same name is taken for.
    private bool IsOfCollections(IMemorySource memory, ulong type, ReadOnlySpan<byte> className)
    {
        Span<byte> buffer = stackalloc byte[MaxName];
        Span<byte> module = stackalloc byte[11];
        int places = MaxDictPlaces;
        return ReadName(memory, type, buffer).SequenceEqual(className)
            && memory.TryReadPointer(type + (ulong)layout.Values.TypeDict, out ulong dict)
            && InstanceAttributes.TryFindInDict(memory, layout, dict, "__module__"u8, ref places, out ulong text)
            && NameObject.TryLocate(memory, text, layout, module.Length + 1, out ulong data, out int length)
            && length == module.Length
            && memory.TryRead(data, module)
            && module.SequenceEqual("collections"u8);
    }

    private ValueKind ByFlags(ulong flags)
        => (flags & TypeInfo.IntSubclass) != 0 ? ValueKind.Int
            : (flags & TypeInfo.TextSubclass) != 0 ? layout.Unicode is null ? ValueKind.OldText : ValueKind.Text
            : (flags & TypeInfo.TupleSubclass) != 0 ? ValueKind.Tuple
            : (flags & TypeInfo.DictSubclass) != 0 ? ValueKind.Dict
            : (flags & TypeInfo.ListSubclass) != 0 ? ValueKind.List
            : (flags & TypeInfo.BytesSubclass) != 0 ? ValueKind.Bytes
            : (flags & TypeInfo.TypeSubclass) != 0 ? ValueKind.Class
            : (flags & TypeInfo.ExceptionSubclass) != 0 ? ValueKind.Exception
            : layout.Unicode is null && (flags & TypeInfo.OldIntSubclass) != 0 ? ValueKind.SmallInt
            : ValueKind.Other;

    // A class statement makes a heap type whose name has no dot: what a user calls "float" is not taken for the built-in one.
    private ValueKind Named(IMemorySource memory, ulong address, ulong flags)
    {
        Span<byte> buffer = stackalloc byte[MaxName];
        ReadOnlySpan<byte> name = ReadName(memory, address, buffer);
        if ((flags & TypeInfo.HeapType) != 0 && name.IndexOf((byte)'.') < 0)
        {
            return ValueKind.Other;
        }

        return name switch
        {
            _ when name.SequenceEqual("NoneType"u8) => ValueKind.None,
            _ when name.SequenceEqual("bool"u8) => ValueKind.Bool,
            _ when name.SequenceEqual("int"u8) && layout.Unicode is not null => ValueKind.Int,
            _ when name.SequenceEqual("str"u8) && layout.Unicode is not null => ValueKind.Text,
            _ when name.SequenceEqual("tuple"u8) => ValueKind.Tuple,
            _ when name.SequenceEqual("list"u8) => ValueKind.List,
            _ when name.SequenceEqual("dict"u8) => ValueKind.Dict,
            _ when name.SequenceEqual("float"u8) => ValueKind.Float,
            _ when name.SequenceEqual("function"u8) => ValueKind.Function,
            _ when name.SequenceEqual("module"u8) => ValueKind.Module,
            _ when name.SequenceEqual("set"u8) => ValueKind.Set,
            _ when name.SequenceEqual("frozenset"u8) => ValueKind.FrozenSet,
            _ when name.SequenceEqual("cell"u8) => ValueKind.Cell,
            _ when name.SequenceEqual("complex"u8) => ValueKind.Complex,
            _ when name.SequenceEqual("bytearray"u8) => ValueKind.ByteArray,
            _ when name.SequenceEqual("range"u8) || name.SequenceEqual("xrange"u8) => ValueKind.Range,
            _ when name.SequenceEqual("builtin_function_or_method"u8) => ValueKind.BuiltInFunction,
            _ when name.SequenceEqual("ellipsis"u8) => ValueKind.Ellipsis,
            _ when name.SequenceEqual("NotImplementedType"u8) => ValueKind.NotImplemented,
            _ when name.SequenceEqual("functools.partial"u8) => ValueKind.Partial,
            _ when name.SequenceEqual("mappingproxy"u8) || name.SequenceEqual("dictproxy"u8) => ValueKind.MappingProxy,
            _ when name.SequenceEqual("types.SimpleNamespace"u8) => ValueKind.Namespace,
            _ when name.StartsWith("collections."u8) => CollectionKind(name["collections.".Length..]),
            _ when name.StartsWith("datetime."u8) => DateTimeKind(name["datetime.".Length..]),
            _ when name.StartsWith("numpy."u8) => name.SequenceEqual("numpy.ndarray"u8) ? ValueKind.NumpyArray : ValueKind.NumpyScalar,
            _ => ValueKind.Other,
        };
    }

    private static ValueKind CollectionKind(ReadOnlySpan<byte> name)
        => name.SequenceEqual("OrderedDict"u8) ? ValueKind.OrderedDict
            : name.SequenceEqual("defaultdict"u8) ? ValueKind.DefaultDict
            : name.SequenceEqual("deque"u8) ? ValueKind.Deque
            : ValueKind.Other;

    private static ValueKind DateTimeKind(ReadOnlySpan<byte> name)
        => name.SequenceEqual("datetime"u8) ? ValueKind.DateTime
            : name.SequenceEqual("date"u8) ? ValueKind.Date
            : name.SequenceEqual("time"u8) ? ValueKind.Time
            : name.SequenceEqual("timedelta"u8) ? ValueKind.TimeDelta
            : name.SequenceEqual("timezone"u8) ? ValueKind.TimeZone
            : ValueKind.Other;

    // enum.EnumMeta, from 3.11 EnumType, is a class of Python's own library; Django and others inherit from it.
    private bool IsEnumMeta(IMemorySource memory, ulong metatype)
    {
        Span<byte> buffer = stackalloc byte[MaxName];
        for (int i = 0; i < MaxBases && metatype != 0; i++)
        {
            ReadOnlySpan<byte> name = ReadName(memory, metatype, buffer);
            if (name.SequenceEqual("EnumMeta"u8) || name.SequenceEqual("EnumType"u8))
            {
                return true;
            }

            if (name.SequenceEqual("type"u8) || !memory.TryReadPointer(metatype + (ulong)layout.Values.TypeBase, out metatype))
            {
                return false;
            }
        }

        return false;
    }

    private ReadOnlySpan<byte> ReadName(IMemorySource memory, ulong type, Span<byte> buffer)
    {
        if (!memory.TryReadPointer(type + (ulong)layout.Object.TypeName, out ulong name))
        {
            return default;
        }

        int count = memory.Read(name, buffer);
        int end = buffer[..count].IndexOf((byte)0);
        return end < 0 ? buffer[..count] : buffer[..end];
    }

    private bool TryReadFlags(IMemorySource memory, ulong type, out ulong flags)
    {
        flags = 0;
        return type != 0 && memory.TryRead(type + (ulong)layout.Object.TypeFlags, out flags);
    }
}
