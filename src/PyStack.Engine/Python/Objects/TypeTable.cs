using System;
using System.Runtime.CompilerServices;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Layouts;

namespace PyStack.Engine.Python.Objects;

/// <summary>The types of the values in one copy of the target's memory.</summary>
internal sealed class TypeTable(PythonLayout layout)
{
    /// <summary>No class has a longer chain of base classes; a longer one is a cycle.</summary>
    public const int MaxBases = 32;

    private const int MaxName = 64;

    /// <summary>Entries of a class's dict that its module is looked for in: it is among the first.</summary>
    private const int MaxDictPlaces = 256;

    private const int MaxTypes = 65_536;

    // Also the addresses where there is no type.
    private readonly AddressTable<Found> _types = new(256);

    /// <summary>Clears the table: another copy may have other types at the same addresses.</summary>
    /// <param name="isFixed">Whether nothing may be allocated from now on.</param>
    public void Clear(bool isFixed)
    {
        _types.Clear();
        _types.IsFixed = isFixed;
    }

    /// <summary>Prepares for the pause that follows a rehearsal.</summary>
    public void Reserve() => _types.ReserveDouble(spare: 64);

    /// <summary>The type of an object; false if there is no valid one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
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

        ref Found found = ref _types.Find(address);
        if (found.Address != 0)
        {
            type = found.Type;
            return found.IsType;
        }

        bool isType = TryRead(memory, address, out type);
        if (_types.Count < MaxTypes)
        {
            _ = _types.Set(new Found(address, isType, type));
        }

        return isType;
    }

    private bool TryRead(IMemorySource memory, ulong address, out TypeInfo type)
    {
        // A type is an object whose own type has the flag Py_TPFLAGS_TYPE_SUBCLASS.
        type = default;
        if (!memory.TryReadPointer(address + (ulong)layout.Object.Type, out ulong metatype)
            || !TryReadFlags(memory, metatype, out ulong metaFlags)
            || (metaFlags & TypeInfo.TypeSubclass) == 0
            || !TryReadFlags(memory, address, out ulong flags)
            || !memory.TryReadPointer(address + (ulong)layout.Object.TypeName, out ulong name))
        {
            return false;
        }

        (ObjectKind kind, bool isExact) = KindOf(memory, address, flags, metatype, metaFlags);
        type = new TypeInfo(address, name, flags, kind, isExact);
        return true;
    }

    private (ObjectKind Kind, bool IsExact) KindOf(IMemorySource memory, ulong address, ulong flags, ulong metatype, ulong metaFlags)
    {
        if ((metaFlags & TypeInfo.HeapType) != 0 && IsEnumMeta(memory, metatype))
        {
            return (ObjectKind.Enum, false);
        }

        ObjectKind own = Named(memory, address, flags);
        if (own != ObjectKind.Other)
        {
            return (own, true);
        }

        ObjectKind byFlag = ByFlags(flags);
        if (byFlag == ObjectKind.Tuple)
        {
            return (ObjectKind.NamedTuple, false);
        }

        if (byFlag == ObjectKind.Dict)
        {
            return (DictKindOf(memory, address), false);
        }

        if (byFlag != ObjectKind.Other)
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

            ObjectKind inherited = Named(memory, current, baseFlags);
            if (inherited is ObjectKind.Float or ObjectKind.Complex or ObjectKind.Set or ObjectKind.FrozenSet or ObjectKind.ByteArray
                or ObjectKind.Date or ObjectKind.Time or ObjectKind.DateTime or ObjectKind.TimeDelta or ObjectKind.NumpyArray or ObjectKind.Partial or ObjectKind.Module
                or ObjectKind.Deque or ObjectKind.Namespace)
            {
                return (inherited, false);
            }
        }

        return ((flags & TypeInfo.HeapType) != 0 && IsOfCollections(memory, address, "ChainMap"u8) ? ObjectKind.ChainMap : ObjectKind.Other, false);
    }

    // Of the classes that inherit from dict, those of collections have a repr() of their own.
    private ObjectKind DictKindOf(IMemorySource memory, ulong type)
    {
        for (int i = 0; i < MaxBases && type != 0 && TryReadFlags(memory, type, out ulong flags); i++)
        {
            ObjectKind kind = Named(memory, type, flags);
            if (kind is ObjectKind.OrderedDict or ObjectKind.DefaultDict or ObjectKind.Dict)
            {
                return kind;
            }

            if ((flags & TypeInfo.HeapType) != 0)
            {
                if (IsOfCollections(memory, type, "Counter"u8))
                {
                    return ObjectKind.Counter;
                }

                if (layout.Unicode is null && IsOfCollections(memory, type, "OrderedDict"u8))
                {
                    return ObjectKind.OrderedDict;
                }
            }

            if (!memory.TryReadPointer(type + (ulong)layout.Values.TypeBase, out type))
            {
                break;
            }
        }

        return ObjectKind.Dict;
    }

    // A class of Python's own library, and no other class with the same name.
    private bool IsOfCollections(IMemorySource memory, ulong type, ReadOnlySpan<byte> className)
    {
        Span<byte> buffer = stackalloc byte[MaxName];
        int places = MaxDictPlaces;
        return ReadName(memory, type, buffer).SequenceEqual(className)
            && memory.TryReadPointer(type + (ulong)layout.Values.TypeDict, out ulong dict)
            && InstanceAttributes.TryFindInDict(memory, layout, dict, "__module__"u8, ref places, out ulong text)
            && NameObject.Matches(memory, text, layout, "collections"u8);
    }

    private ObjectKind ByFlags(ulong flags)
        => (flags & TypeInfo.IntSubclass) != 0 ? ObjectKind.Int
            : (flags & TypeInfo.TextSubclass) != 0 ? layout.Unicode is null ? ObjectKind.OldText : ObjectKind.Text
            : (flags & TypeInfo.TupleSubclass) != 0 ? ObjectKind.Tuple
            : (flags & TypeInfo.DictSubclass) != 0 ? ObjectKind.Dict
            : (flags & TypeInfo.ListSubclass) != 0 ? ObjectKind.List
            : (flags & TypeInfo.BytesSubclass) != 0 ? ObjectKind.Bytes
            : (flags & TypeInfo.TypeSubclass) != 0 ? ObjectKind.Class
            : (flags & TypeInfo.ExceptionSubclass) != 0 ? ObjectKind.Exception
            : layout.Unicode is null && (flags & TypeInfo.OldIntSubclass) != 0 ? ObjectKind.SmallInt
            : ObjectKind.Other;

    // A class statement makes a heap type whose name has no dot: a user's class "float" is not treated as the built-in one.
    private ObjectKind Named(IMemorySource memory, ulong address, ulong flags)
    {
        Span<byte> buffer = stackalloc byte[MaxName];
        ReadOnlySpan<byte> name = ReadName(memory, address, buffer);
        if ((flags & TypeInfo.HeapType) != 0 && name.IndexOf((byte)'.') < 0)
        {
            return ObjectKind.Other;
        }

        return name switch
        {
            _ when name.SequenceEqual("NoneType"u8) => ObjectKind.None,
            _ when name.SequenceEqual("bool"u8) => ObjectKind.Bool,
            _ when name.SequenceEqual("int"u8) && layout.Unicode is not null => ObjectKind.Int,
            _ when name.SequenceEqual("str"u8) && layout.Unicode is not null => ObjectKind.Text,
            _ when name.SequenceEqual("tuple"u8) => ObjectKind.Tuple,
            _ when name.SequenceEqual("list"u8) => ObjectKind.List,
            _ when name.SequenceEqual("dict"u8) => ObjectKind.Dict,
            _ when name.SequenceEqual("float"u8) => ObjectKind.Float,
            _ when name.SequenceEqual("function"u8) => ObjectKind.Function,
            _ when name.SequenceEqual("module"u8) => ObjectKind.Module,
            _ when name.SequenceEqual("set"u8) => ObjectKind.Set,
            _ when name.SequenceEqual("frozenset"u8) => ObjectKind.FrozenSet,
            _ when name.SequenceEqual("cell"u8) => ObjectKind.Cell,
            _ when name.SequenceEqual("complex"u8) => ObjectKind.Complex,
            _ when name.SequenceEqual("bytearray"u8) => ObjectKind.ByteArray,
            _ when name.SequenceEqual("range"u8) || name.SequenceEqual("xrange"u8) => ObjectKind.Range,
            _ when name.SequenceEqual("builtin_function_or_method"u8) => ObjectKind.BuiltInFunction,
            _ when name.SequenceEqual("ellipsis"u8) => ObjectKind.Ellipsis,
            _ when name.SequenceEqual("NotImplementedType"u8) => ObjectKind.NotImplemented,
            _ when name.SequenceEqual("functools.partial"u8) => ObjectKind.Partial,
            _ when name.SequenceEqual("mappingproxy"u8) || name.SequenceEqual("dictproxy"u8) => ObjectKind.MappingProxy,
            _ when name.SequenceEqual("types.SimpleNamespace"u8) => ObjectKind.Namespace,
            _ when name.StartsWith("collections."u8) => CollectionKind(name["collections.".Length..]),
            _ when name.StartsWith("datetime."u8) => DateTimeKind(name["datetime.".Length..]),
            _ when name.StartsWith("numpy."u8) => name.SequenceEqual("numpy.ndarray"u8) ? ObjectKind.NumpyArray : ObjectKind.NumpyScalar,
            _ => ObjectKind.Other,
        };
    }

    private static ObjectKind CollectionKind(ReadOnlySpan<byte> name)
        => name.SequenceEqual("OrderedDict"u8) ? ObjectKind.OrderedDict
            : name.SequenceEqual("defaultdict"u8) ? ObjectKind.DefaultDict
            : name.SequenceEqual("deque"u8) ? ObjectKind.Deque
            : ObjectKind.Other;

    private static ObjectKind DateTimeKind(ReadOnlySpan<byte> name)
        => name.SequenceEqual("datetime"u8) ? ObjectKind.DateTime
            : name.SequenceEqual("date"u8) ? ObjectKind.Date
            : name.SequenceEqual("time"u8) ? ObjectKind.Time
            : name.SequenceEqual("timedelta"u8) ? ObjectKind.TimeDelta
            : name.SequenceEqual("timezone"u8) ? ObjectKind.TimeZone
            : ObjectKind.Other;

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

    private readonly record struct Found(ulong Address, bool IsType, TypeInfo Type) : IAddressSlot;
}
