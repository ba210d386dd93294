using System;
using System.Runtime.InteropServices;
using PyStack.Engine.Memory;
using PyStack.Engine.Python.Objects;
using PyStack.Engine.Python.Repr.Secrets;

namespace PyStack.Engine.Python.Repr;

/// <summary>list, tuple, dict, set, frozenset.</summary>
internal sealed partial class ReprWriter
{
    /// <summary>How many items of the container that was written last were looked at.</summary>
    private int _items;

    /// <summary>Cancellation is asked once for so many places of dicts and sets.</summary>
    private const int PlacesPerQuestion = 4096;

    private bool TryContainer(ulong address, TypeInfo type)
    {
        if (_open.AsSpan(0, _depth).Contains(address))
        {
            _text.Append(type.Kind is ObjectKind.List or ObjectKind.Deque ? "[...]" : type.Kind is ObjectKind.Dict or ObjectKind.Counter ? "{...}" : type.Kind is ObjectKind.Tuple ? "(...)" : "...");
            return true;
        }

        if (_depth == MaxDepth)
        {
            _text.Append("...");
            return true;
        }

        if (_isPrefetching && IsKnownGroup(address, type))
        {
            return true;
        }

        int start = _text.Length;
        int containers = _containers;
        _items = 0;
        _open[_depth++] = address;
        bool isWritten = type.Kind switch
        {
            ObjectKind.List => TryList(address),
            ObjectKind.Dict => TryDict(address),
            ObjectKind.OrderedDict => TryOrderedDict(address, type),
            ObjectKind.DefaultDict => TryDefaultDict(address, type),
            ObjectKind.Counter => TryCounter(address, type),
            ObjectKind.Deque => TryDeque(address, type),
            ObjectKind.ChainMap => TryChainMap(address, type),
            ObjectKind.MappingProxy => TryMappingProxy(address),
            ObjectKind.Namespace => TryNamespace(address, type),
            ObjectKind.Set or ObjectKind.FrozenSet => TrySet(address, type),
            _ => TryTuple(address, type),
        };
        _depth--;
        if (_isPrefetching && isWritten && _containers == containers && IsWholeFrom(start) && TrySign(address, type, _items, out ulong signature))
        {
            _leaves.Set(address, signature, (ulong)_items, _text.Length - start);
        }

        return isWritten;
    }

    // A container of leaves whose items are where they were: all of it is in the copy.
    private bool IsKnownGroup(ulong address, TypeInfo type)
    {
        if (!_leaves.TryGet(address, out ulong signature, out ulong items, out int length)
            || !TrySign(address, type, (int)items, out ulong now)
            || now != signature)
        {
            return false;
        }

        _text.Skip(length);
        return true;
    }

    // Says which items a container has, as far as they were looked at. Not for sets and named tuples, which are rare.
    private bool TrySign(ulong address, TypeInfo type, int items, out ulong signature)
    {
        signature = 0;
        Span<ulong> words = stackalloc ulong[ChunkItems];
        if (items > ChunkItems)
        {
            return false;
        }

        switch (type.Kind)
        {
            case ObjectKind.List or ObjectKind.Tuple:
                ulong first = address + (ulong)_layout.Values.TupleItems;
                if (!_memory.TryRead(address + _head, MemoryMarshal.AsBytes(words[..2])))
                {
                    return false;
                }

                Mix(ref signature, words[0]);
                if (type.Kind == ObjectKind.List)
                {
                    // A list's items stand behind the word that follows its size.
                    first = words[1];
                    Mix(ref signature, first);
                }

                if (!_memory.TryRead(first, MemoryMarshal.AsBytes(words[..items])))
                {
                    return false;
                }

                foreach (ulong item in words[..items])
                {
                    Mix(ref signature, item);
                }

                return true;
            case ObjectKind.Dict when DictEntries.TryOpen(_memory, _layout, address, out DictEntries entries):
                Mix(ref signature, entries.Signature);
                int budget = ChunkItems * 4;
                for (int i = 0; i < items; i++)
                {
                    if (!entries.TryNext(ref budget, out ulong key, out ulong value))
                    {
                        return false;
                    }

                    Mix(ref signature, key);
                    Mix(ref signature, value);
                }

                return true;
            default:
                return false;
        }
    }

    // FNV-1a, by words.
    private static void Mix(ref ulong signature, ulong word) => signature = ((signature ^ word) * 0x100_0000_01b3) + (word >> 32);

    private bool TryList(ulong address)
    {
        if (!TryReadCount(address, out int count) || !_memory.TryReadPointer(address + (ulong)_layout.Values.ListItems, out ulong items))
        {
            return false;
        }

        _text.Append('[');
        bool isWritten = TryItems(items, count);
        _text.Append(']');
        return isWritten;
    }

    private bool TryTuple(ulong address, TypeInfo type)
    {
        if (!TryReadCount(address, out int count))
        {
            return false;
        }

        ulong items = address + (ulong)_layout.Values.TupleItems;
        if (type.Kind == ObjectKind.NamedTuple && (TryNamedTuple(items, count, type, out bool isWritten) || TryStructSequence(items, count, type, out isWritten)))
        {
            return isWritten;
        }

        _text.Append('(');
        isWritten = TryItems(items, count, isTuple: true);
        _text.Append(count == 1 ? ",)" : ")");
        return isWritten;
    }

    // collections.namedtuple and typing.NamedTuple leave the names in the class (Lib/collections/__init__.py). False for any other kind of tuple.
    private bool TryNamedTuple(ulong items, int count, TypeInfo type, out bool isWritten)
    {
        isWritten = false;
        if (!type.IsHeapType
            || !TryFindFields(type, out TypeInfo owner, out ulong fields)
            || !_types.TryOf(_memory, fields, out TypeInfo fieldsType)
            || fieldsType is not { Kind: ObjectKind.Tuple, IsExact: true }
            || !TryReadCount(fields, out int names)
            || names != count)
        {
            return false;
        }

        // 2.7 wrote the name into the class's own repr(), which those that inherit from it have too.
        isWritten = TryTypeName(_layout.Unicode is null ? owner : type, isShort: true);
        _text.Append('(');
        for (int i = 0; i < count && isWritten && !_text.IsFull; i++)
        {
            _text.Append(i > 0 ? ", " : "");
            isWritten = _memory.TryReadPointer(fields + (ulong)_layout.Values.TupleItems + ((ulong)i * sizeof(ulong)), out ulong name) && TryName(name);
            if (isWritten)
            {
                _text.Append('=');
                isWritten = _memory.TryReadPointer(items + ((ulong)i * sizeof(ulong)), out ulong value);
                Value(name, value);
            }
        }

        _text.Append(')');
        return true;
    }

    // A class that inherits from a named tuple's, as most of the library's do, has the names in one of its bases.
    private bool TryFindFields(TypeInfo type, out TypeInfo owner, out ulong fields)
    {
        fields = 0;
        owner = type;
        ulong current = type.Address;
        for (int i = 0; i < TypeTable.MaxBases && current != 0 && _types.TryGet(_memory, current, out owner) && owner.IsHeapType; i++)
        {
            if (_memory.TryReadPointer(current + (ulong)_layout.Values.TypeDict, out ulong dict) && TryEntry(dict, "_fields"u8, out fields))
            {
                return true;
            }

            if (!_memory.TryReadPointer(current + (ulong)_layout.Values.TypeBase, out current))
            {
                break;
            }
        }

        return false;
    }

    private bool TryItems(ulong items, int count, bool isTuple = false)
    {
        Span<ulong> chunk = stackalloc ulong[ChunkItems];
        CommandLine command = default;
        ulong first = 0;
        bool isRow = !_secrets.IsEmpty && count > (isTuple ? MaxRow : 2) && count <= MaxArguments && IsRow(items, count);
        for (int i = 0; i < count && !_text.IsFull; i += ChunkItems)
        {
            Span<ulong> read = chunk[..Math.Min(ChunkItems, count - i)];
            int got = _memory.Read(items + ((ulong)i * sizeof(ulong)), MemoryMarshal.AsBytes(read)) / sizeof(ulong);
            for (int j = 0; j < got && !_text.IsFull; j++)
            {
                _text.Append(i + j > 0 ? ", " : "");
                if (i + j == 0)
                {
                    first = read[0];
                }

                Item(read[j], i + j, count, first, isTuple, isRow, ref command);
                _items = i + j + 1;
            }

            if (got < read.Length && !_text.IsFull)
            {
                return false;
            }
        }

        return true;
    }

    private bool TryDict(ulong address)
    {
        if (!DictEntries.TryOpen(_memory, _layout, address, out DictEntries entries))
        {
            return false;
        }

        _text.Append('{');
        bool isFirst = true;
        int items = 0;
        DictEntries all = entries;
        while (!_text.IsFull && TryNextEntry(ref entries, out ulong key, out ulong value))
        {
            _text.Append(isFirst ? "" : ", ");
            isFirst = false;
            items++;
            Object(key);
            _text.Append(": ");
            if (_text.IsFull)
            {
                break;
            }

            if (items <= MaxFields && IsNamedBeside(all, key, value))
            {
                _text.Append(SecretNames.Redacted);
            }
            else
            {
                Value(key, value);
            }
        }

        AppendIfCut();
        _text.Append('}');
        _items = items;
        return true;
    }

    private bool TrySet(ulong address, TypeInfo type)
    {
        if (!_memory.TryReadPointer(address + (ulong)_layout.Values.SetTable, out ulong table)
            || !_memory.TryRead(address + (ulong)_layout.Values.SetMask, out long mask)
            || !_memory.TryRead(address + _head + sizeof(long), out long used)
            || mask is < 0 or > 1L << 40
            || used < 0
            || used > mask + 1)
        {
            return false;
        }

        // set_repr (Objects/setobject.c): only a plain set stands in braces alone.
        bool is2 = _layout.Unicode is null;
        bool isNamed = used == 0 || is2 || type is not { Kind: ObjectKind.Set, IsExact: true };
        if (isNamed && !TryTypeName(type, isShort: true))
        {
            return false;
        }

        _text.Append(isNamed ? "(" : "");
        _text.Append(is2 ? "[" : used > 0 ? "{" : "");
        bool isFirst = true;
        Span<ulong> entry = stackalloc ulong[2];
        int keyIndex = _layout.Values.SetEntryKey / sizeof(ulong);
        for (long i = 0; i <= mask && used > 0 && !_text.IsFull && --_placesLeft >= 0; i++)
        {
            if (i % PlacesPerQuestion == 0 && IsCancelled())
            {
                break;
            }

            if (!_memory.TryRead(table + ((ulong)i * 16), MemoryMarshal.AsBytes(entry)))
            {
                return false;
            }

            // What was taken out leaves an object of its own, with a hash that no other has; in 2.7 a str.
            ulong key = entry[keyIndex];
            if (key == 0 || (is2 ? IsOldDummy(key) : entry[1 - keyIndex] == ulong.MaxValue))
            {
                continue;
            }

            _text.Append(isFirst ? "" : ", ");
            isFirst = false;
            used--;
            Object(key);
        }

        AppendIfCut();
        _text.Append(is2 ? "]" : isFirst ? "" : "}");
        _text.Append(isNamed ? ")" : "");
        return true;
    }

    private bool IsOldDummy(ulong key)
    {
        Span<byte> text = stackalloc byte[11];
        return _memory.TryRead(key + _head, out long size)
            && size == text.Length
            && _types.TryOf(_memory, key, out TypeInfo type)
            && type.Kind == ObjectKind.Bytes
            && _memory.TryRead(key + (ulong)_layout.Bytes.Data, text)
            && text.SequenceEqual("<dummy key>"u8);
    }

    private bool TryNextEntry(ref DictEntries entries, out ulong key, out ulong value)
    {
        (key, value) = (0, 0);
        while (_placesLeft > 0 && !IsCancelled())
        {
            int step = Math.Min(_placesLeft, PlacesPerQuestion);
            int left = step;
            bool isFound = entries.TryNext(ref left, out key, out value);
            _placesLeft -= step - Math.Max(0, left);
            if (isFound || left >= 0)
            {
                return isFound;
            }
        }

        _placesLeft = Math.Min(_placesLeft, -1);
        return false;
    }

    private void AppendIfCut()
    {
        if (_placesLeft < 0)
        {
            _text.Append("...");
        }
    }

    private bool TryReadCount(ulong address, out int count)
    {
        count = 0;
        if (!_memory.TryRead(address + _head, out long size) || size is < 0 or > int.MaxValue)
        {
            return false;
        }

        count = (int)size;
        return true;
    }
}
