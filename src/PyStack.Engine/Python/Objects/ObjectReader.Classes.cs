using System;
using System.Runtime.InteropServices;
using PyStack.Engine.Memory;

namespace PyStack.Engine.Python.Objects;

/// <summary>Fields of classes, functions, exceptions, and of the tuples that have names for their items.</summary>
internal sealed partial class ObjectReader
{
    /// <summary>How far <c>tp_members</c> is before <c>tp_base</c> (object.h): tp_members, tp_getset.</summary>
    private const int MembersBeforeBase = 2 * sizeof(ulong);

    /// <summary>Whether it is known where a class that a class statement made has its qualified name: in series newer than all known ones it is not.</summary>
    public bool KnowsClassNames => layout.Values.TypeQualifiedName is not null;

    /// <summary>The module and the qualified name of a class that a class statement made, as objects; the module is 0 where it has none.</summary>
    public bool TryGetClassNames(in TypeInfo type, out ulong module, out ulong name)
    {
        (module, name) = (0, 0);
        if (layout.Values.TypeQualifiedName is not int place)
        {
            return false;
        }

        if (TryGetTypeDict(type, out ulong dict))
        {
            _ = TryGetDictItem(dict, "__module__"u8, out module);
        }

        return _memory.TryReadPointer(type.Address + (ulong)place, out name);
    }

    /// <summary>The qualified name of a function, as an object; in 2.7 its name.</summary>
    public bool TryGetFunctionName(ulong address, out ulong name) => _memory.TryReadPointer(address + (ulong)layout.Values.FunctionName, out name);

    /// <summary>Of a function that was written in C: its name, a C string, and what it is bound to, 0 for nothing (PyCFunctionObject: m_ml, whose first word is the name, and m_self).</summary>
    public bool TryGetBuiltIn(ulong address, Span<byte> buffer, out ReadOnlySpan<byte> name, out ulong self)
    {
        name = default;
        self = 0;
        if (!TryReadField(address, 0, out ulong definition) || !TryReadField(address, sizeof(ulong), out self) || !_memory.TryReadPointer(definition, out ulong text))
        {
            return false;
        }

        name = ReadCString(text, buffer, out bool isWhole);
        return isWhole && !name.IsEmpty;
    }

    /// <summary>What a <c>functools.partial</c> calls, and its arguments: a tuple and a dict (Modules/_functoolsmodule.c, partialobject: fn, args, kw).</summary>
    public bool TryGetPartial(ulong address, out ulong function, out ItemRange arguments, out ulong keywords)
    {
        Span<ulong> words = stackalloc ulong[3];
        arguments = default;
        bool isRead = _memory.TryRead(address + _head, MemoryMarshal.AsBytes(words));
        (function, keywords) = (words[0], words[2]);
        return isRead && Is(words[1], ObjectKind.Tuple) && TryGetItems(words[1], out arguments);
    }

    /// <summary>The arguments of an exception.</summary>
    public bool TryGetExceptionArguments(ulong address, out ItemRange arguments)
    {
        arguments = default;
        return _memory.TryReadPointer(address + (ulong)layout.Values.ExceptionArguments, out ulong tuple) && Is(tuple, ObjectKind.Tuple) && TryGetItems(tuple, out arguments);
    }

    /// <summary>Number, text and files of an OSError, as objects: 0 for what was not given.</summary>
    public bool TryGetErrorFields(ulong address, out ErrorFields fields)
    {
        Span<ulong> words = stackalloc ulong[4];
        words.Clear();
        bool isRead = _memory.TryRead(address + (ulong)layout.Values.ErrorNumber, MemoryMarshal.AsBytes(words[..(IsPython2 ? 3 : 4)]));
        fields = new ErrorFields(words[0], words[1], words[2], words[3]);
        return isRead;
    }

    /// <summary>The dict of a module (PyModuleObject: md_dict).</summary>
    public bool TryGetModuleDict(ulong address, out ulong dict) => TryReadField(address, 0, out dict);

    /// <summary>What a mappingproxy stands for (Objects/descrobject.c): its only field; the dict of a SimpleNamespace (Objects/namespaceobject.c) is in the same place.</summary>
    public bool TryGetMapping(ulong address, out ulong mapping) => TryReadField(address, 0, out mapping);

    /// <summary>What a defaultdict calls for a key that it does not have, 0 for nothing (Modules/_collectionsmodule.c): after the dict.</summary>
    public bool TryGetDefaultFactory(ulong address, out ulong factory) => _memory.TryReadPointer(address + (ulong)layout.Values.DictSize, out factory);

    /// <summary>Start, stop and step of a range, as objects (Objects/rangeobject.c); in 2.7 as numbers: start, step and how many.</summary>
    public bool TryGetRange(ulong address, out RangeFields fields) => TryReadField(address, 0, out fields);

    /// <summary>
    /// The names of a named tuple's items, which collections.namedtuple and typing.NamedTuple leave in the class (Lib/collections/__init__.py) and classes that inherit from it
    /// in one of their bases.
    /// </summary>
    /// <param name="count">How many items it has; with another number of names it is another kind of tuple.</param>
    /// <param name="owner">The class that has the names.</param>
    public bool TryGetFieldNames(in TypeInfo type, int count, out TypeInfo owner, out ItemRange names)
    {
        names = default;
        owner = type;
        return type.IsHeapType
            && TryFindFields(type, out owner, out ulong fields)
            && TryGetType(fields, out TypeInfo fieldsType)
            && fieldsType is { Kind: ObjectKind.Tuple, IsExact: true }
            && TryGetItems(fields, fieldsType, out names)
            && names.Count == count;
    }

    /// <summary>
    /// Where the names of a struct sequence's items are, which time.struct_time, os.stat_result and their like have in tp_members (Objects/structseq.c). From 3.12 on a type that
    /// is part of the interpreter has its dict elsewhere; of those nothing else inherits from tuple.
    /// </summary>
    public bool TryGetStructMembers(in TypeInfo type, out ulong members)
    {
        members = 0;
        return _memory.TryReadPointer(type.Address + (ulong)layout.Values.TypeDict, out ulong dict)
            && (dict == 0 ? (type.Flags & TypeInfo.StaticBuiltIn) != 0 : TryGetDictItem(dict, "n_sequence_fields"u8, out _))
            && _memory.TryReadPointer(type.Address + (ulong)layout.Values.TypeBase - MembersBeforeBase, out members)
            && members != 0;
    }

    /// <summary>Reads the name of one of these items, a C string.</summary>
    public bool TryReadMemberName(ulong members, int index, Span<byte> buffer, out ReadOnlySpan<byte> name)
    {
        name = default;
        if (!_memory.TryReadPointer(members + ((ulong)index * MemberSize), out ulong text))
        {
            return false;
        }

        name = ReadCString(text, buffer, out bool isWhole);
        return isWhole && !name.IsEmpty;
    }

    private bool TryFindFields(in TypeInfo type, out TypeInfo owner, out ulong fields)
    {
        fields = 0;
        owner = type;
        ulong current = type.Address;
        for (int i = 0; i < TypeTable.MaxBases && current != 0 && TryGetTypeAt(current, out owner) && owner.IsHeapType; i++)
        {
            if (TryGetTypeDict(owner, out ulong dict) && TryGetDictItem(dict, "_fields"u8, out fields))
            {
                return true;
            }

            if (!_memory.TryReadPointer(current + (ulong)layout.Values.TypeBase, out current))
            {
                break;
            }
        }

        return false;
    }
}
