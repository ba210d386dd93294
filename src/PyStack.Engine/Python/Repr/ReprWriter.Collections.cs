using System;
using System.Runtime.InteropServices;
using PyStack.Engine.Memory;
using PyStack.Engine.Python.Objects;

namespace PyStack.Engine.Python.Repr;

/// <summary>OrderedDict, defaultdict, Counter, ChainMap, deque, mappingproxy, SimpleNamespace, struct sequences.</summary>
internal sealed partial class ReprWriter
{
    /// <summary>In <c>_ODictNode</c> (Objects/odictobject.c), behind key and hash: next. The first node, <c>od_first</c>, is behind the dict.</summary>
    private const int NodeNext = 2 * sizeof(ulong);

    /// <summary>Places of a Counter's table that are put into the order of their counts, in the low bits of what is sorted; one with more is shown in its own order.</summary>
    private const int CountPlaceBits = 12;
    private const int MaxCounted = 1 << CountPlaceBits;
    private const long LargestCount = 1L << (62 - CountPlaceBits);

    /// <summary>BLOCKLEN (Modules/_collectionsmodule.c): 64 items of a deque's block; 2.7 has 62.</summary>
    private const int BlockLength = 64;
    private const int OldBlockLength = 62;

    /// <summary>sizeof(PyMemberDef), whose first field is the name (descrobject.h), and how far tp_members stands before tp_base: tp_members, tp_getset.</summary>
    private const int MemberSize = 40;
    private const int MembersBeforeBase = 2 * sizeof(ulong);

    private readonly ulong[] _counts = new ulong[MaxCounted];

    private bool IsModern => _layout.Version.IsAtLeast(3, 12);

    // Objects/odictobject.c, odict_repr; 2.7: Lib/collections.py. Before 3.12 the items are pairs in a list.
    private bool TryOrderedDict(ulong address, TypeInfo type)
    {
        if (!DictEntries.TryOpen(_memory, _layout, address, out DictEntries entries) || !TryTypeName(type, isShort: true) || !TryFirstLink(address, type, out ulong link, out ulong root))
        {
            return false;
        }

        _text.Append('(');
        bool isFirst = true;
        while (link != root && !_text.IsFull && _placesLeft > 0)
        {
            if (!TryReadLink(link, out ulong key, out ulong next) || !TryFindKey(ref entries, key, out ulong value))
            {
                break;
            }

            _text.Append(isFirst ? IsModern ? "{" : "[" : ", ");
            isFirst = false;
            _text.Append(IsModern ? "" : "(");
            Object(key);
            _text.Append(IsModern ? ": " : ", ");
            Value(key, value);
            _text.Append(IsModern ? "" : ")");
            link = next;
        }

        AppendIfCut();
        _text.Append(isFirst ? ")" : IsModern ? "})" : "])");
        return true;
    }

    // Keys are in a list of links of its own, which may be in another order than the table (move_to_end). 2.7's links are lists: the one before, the next, the key.
    private bool TryFirstLink(ulong address, TypeInfo type, out ulong link, out ulong root)
    {
        root = 0;
        return _layout.Unicode is not null
            ? _memory.TryReadPointer(address + (ulong)_layout.Values.DictSize, out link)
            : TryAttribute(address, type, "_OrderedDict__root"u8, out root) & TryReadLink(root, out _, out link);
    }

    private bool TryReadLink(ulong link, out ulong key, out ulong next)
    {
        (key, next) = (0, 0);
        _placesLeft--;
        if (_layout.Unicode is not null)
        {
            return _memory.TryReadPointer(link, out key) && _memory.TryReadPointer(link + NodeNext, out next);
        }

        return _memory.TryReadPointer(link + (ulong)_layout.Values.ListItems, out ulong items)
            && _memory.TryReadPointer(items + sizeof(ulong), out next)
            && _memory.TryReadPointer(items + (2 * sizeof(ulong)), out key);
    }

    // Mostly the next entry; else it is looked for from the start.
    private bool TryFindKey(ref DictEntries entries, ulong key, out ulong value)
    {
        if (TryNextEntry(ref entries, out ulong found, out value) && found == key)
        {
            return true;
        }

        entries.MoveTo(0);
        while (TryNextEntry(ref entries, out found, out value))
        {
            if (found == key)
            {
                return true;
            }
        }

        return false;
    }

    // Modules/_collectionsmodule.c, defdict_repr: default_factory is behind the dict.
    private bool TryDefaultDict(ulong address, TypeInfo type)
    {
        if (!_memory.TryReadPointer(address + (ulong)_layout.Values.DictSize, out ulong factory) || !TryTypeName(type, isShort: true))
        {
            return false;
        }

        _text.Append('(');
        if (factory == 0)
        {
            _text.Append("None");
        }
        else
        {
            Object(factory);
        }

        _text.Append(", ");
        bool isWritten = TryDict(address);
        _text.Append(')');
        return isWritten;
    }

    // Lib/collections/__init__.py, Counter.__repr__: the most common first, those of the same count as they came.
    private bool TryCounter(ulong address, TypeInfo type)
    {
        if (!DictEntries.TryOpen(_memory, _layout, address, out DictEntries entries) || !TryTypeName(type, isShort: true))
        {
            return false;
        }

        _text.Append('(');
        int start = _text.Length;
        int count = SortCounts(entries);
        bool isWritten = count switch
        {
            0 => true,
            > 0 => WriteCounts(entries, _counts.AsSpan(0, count)),
            _ => TryDict(address),
        };
        _text.Append(')');
        return isWritten && _text.Length >= start;
    }

    // How many there are, in the order in which they are shown; -1 where they are too many, or are no whole numbers.
    private int SortCounts(DictEntries entries)
    {
        int count = 0;
        while (TryNextEntry(ref entries, out _, out ulong value))
        {
            if (count == MaxCounted || entries.Place >= MaxCounted || !TryReadCountOf(value, out long number))
            {
                return -1;
            }

            _counts[count++] = ((ulong)(LargestCount - number) << CountPlaceBits) | (ulong)entries.Place;
        }

        Array.Sort(_counts, 0, count);
        return count;
    }

    private bool TryReadCountOf(ulong address, out long number)
    {
        number = 0;
        if (!_types.TryOf(_memory, address, out TypeInfo type))
        {
            return false;
        }

        if (type.Kind == ObjectKind.SmallInt || (type.Kind == ObjectKind.Bool && _layout.Unicode is null))
        {
            return _memory.TryRead(address + _head, out number) && Math.Abs(Math.Max(number, -long.MaxValue)) < LargestCount;
        }

        Span<uint> digits = stackalloc uint[2];
        digits.Clear();
        if (type.Kind is not (ObjectKind.Int or ObjectKind.Bool)
            || !TryReadSize(address, out long size, out bool isNegative)
            || size > digits.Length
            || !_memory.TryRead(address + (ulong)_layout.Values.LongDigits, MemoryMarshal.AsBytes(digits[..(int)size])))
        {
            return false;
        }

        number = digits[0] | ((long)digits[1] << DigitBits);
        number = isNegative ? -number : number;
        return Math.Abs(number) < LargestCount;
    }

    private bool WriteCounts(DictEntries entries, ReadOnlySpan<ulong> sorted)
    {
        _text.Append('{');
        for (int i = 0; i < sorted.Length && !_text.IsFull; i++)
        {
            int budget = 1;
            entries.MoveTo((long)(sorted[i] & (MaxCounted - 1)));
            if (!entries.TryNext(ref budget, out ulong key, out ulong value))
            {
                return false;
            }

            _text.Append(i > 0 ? ", " : "");
            Object(key);
            _text.Append(": ");
            Value(key, value);
        }

        AppendIfCut();
        _text.Append('}');
        return true;
    }

    // Lib/collections/__init__.py, ChainMap.__repr__: maps is a list.
    private bool TryChainMap(ulong address, TypeInfo type)
    {
        if (!TryAttribute(address, type, "maps"u8, out ulong maps)
            || !_types.TryOf(_memory, maps, out TypeInfo mapsType)
            || mapsType.Kind != ObjectKind.List
            || !TryReadCount(maps, out int count)
            || !_memory.TryReadPointer(maps + (ulong)_layout.Values.ListItems, out ulong items))
        {
            return Instance(address, type);
        }

        bool isWritten = TryTypeName(type, isShort: true);
        _text.Append('(');
        isWritten &= TryItems(items, count);
        _text.Append(')');
        return isWritten;
    }

    // Objects/descrobject.c, mappingproxy_repr: the mapping is its only field.
    private bool TryMappingProxy(ulong address)
    {
        if (!_memory.TryReadPointer(address + _head, out ulong mapping))
        {
            return false;
        }

        _text.Append(_layout.Unicode is null ? "dict_proxy(" : "mappingproxy(");
        Object(mapping);
        _text.Append(')');
        return true;
    }

    // Objects/namespaceobject.c: a dict. To 3.8 repr() sorts the names.
    private bool TryNamespace(ulong address, TypeInfo type)
    {
        if (!_layout.Version.IsAtLeast(3, 9)
            || !_memory.TryReadPointer(address + _head, out ulong dict)
            || !DictEntries.TryOpen(_memory, _layout, dict, out DictEntries entries))
        {
            return Instance(address, type);
        }

        bool isWritten = true;
        if (type.IsExact)
        {
            _text.Append("namespace");
        }
        else
        {
            isWritten = TryTypeName(type, isShort: true);
        }

        _text.Append('(');
        bool isFirst = true;
        while (!_text.IsFull && TryNextEntry(ref entries, out ulong key, out ulong value))
        {
            _text.Append(isFirst ? "" : ", ");
            isFirst = false;
            isWritten &= TryName(key);
            _text.Append('=');
            Value(key, value);
        }

        AppendIfCut();
        _text.Append(')');
        return isWritten;
    }

    // Modules/_collectionsmodule.c, dequeobject: after the size (2.7 has it behind) leftblock, rightblock, leftindex, rightindex, state, maxlen; a block has leftlink, the items, rightlink; in 2.7 the items, rightlink, leftlink.
    private bool TryDeque(ulong address, TypeInfo type)
    {
        bool is2 = _layout.Unicode is null;
        Span<long> words = stackalloc long[7];
        if (!_memory.TryRead(address + _head, MemoryMarshal.AsBytes(words)) || !TryTypeName(type, isShort: true))
        {
            return false;
        }

        (long count, ulong block, long index, long most) = is2 ? (words[4], (ulong)words[0], words[2], words[6]) : (words[0], (ulong)words[1], words[3], words[6]);
        int length = is2 ? OldBlockLength : BlockLength;
        if (count < 0 || index < 0 || index > length)
        {
            return false;
        }

        _text.Append("([");
        for (long i = 0; i < count && !_text.IsFull; i++, index++)
        {
            if (index >= length)
            {
                if (!_memory.TryReadPointer(block + ((ulong)(is2 ? length : length + 1) * sizeof(ulong)), out block))
                {
                    return false;
                }

                index = 0;
            }

            if (!_memory.TryReadPointer(block + ((ulong)(index + (is2 ? 0 : 1)) * sizeof(ulong)), out ulong item))
            {
                return false;
            }

            _text.Append(i > 0 ? ", " : "");
            Object(item);
        }

        _text.Append(']');
        if (most >= 0)
        {
            _text.Append(", maxlen=");
            _text.Append(most);
        }

        _text.Append(')');
        return true;
    }

    // Objects/structseq.c, structseq_repr: time.struct_time, os.stat_result and their like have their names in tp_members. From 3.12 on a type that is part of the interpreter has
    // its dict elsewhere; of those nothing else inherits from tuple.
    private bool TryStructSequence(ulong items, int count, TypeInfo type, out bool isWritten)
    {
        isWritten = false;
        if (!_memory.TryReadPointer(type.Address + (ulong)_layout.Values.TypeDict, out ulong dict)
            || (dict == 0 ? (type.Flags & TypeInfo.StaticBuiltIn) == 0 : !TryEntry(dict, "n_sequence_fields"u8, out _))
            || !_memory.TryReadPointer(type.Address + (ulong)_layout.Values.TypeBase - MembersBeforeBase, out ulong members)
            || members == 0)
        {
            return false;
        }

        isWritten = TryTypeName(type, isShort: false);
        _text.Append('(');
        Span<byte> buffer = stackalloc byte[64];
        for (int i = 0; i < count && isWritten && !_text.IsFull; i++)
        {
            if (!_memory.TryReadPointer(members + ((ulong)i * MemberSize), out ulong name) || !_memory.TryReadPointer(items + ((ulong)i * sizeof(ulong)), out ulong value))
            {
                isWritten = false;
                return true;
            }

            int read = _memory.Read(name, buffer);
            int end = buffer[..read].IndexOf((byte)0);
            isWritten = end > 0;
            _text.Append(i > 0 ? ", " : "");
            AppendUtf8(buffer[..Math.Max(0, end)]);
            _text.Append('=');
            Object(value);
        }

        _text.Append(')');
        return true;
    }
}
