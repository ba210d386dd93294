using System;
using PyStack.Engine.Python.Objects;
using PyStack.Engine.Python.Repr.Secrets;

namespace PyStack.Engine.Python.Repr;

/// <summary>list, tuple, named tuples, struct sequences, deque.</summary>
internal sealed partial class ReprWriter
{
    /// <summary>Pointers of a list or tuple that are read in one call.</summary>
    private const int ChunkItems = 32;

    private bool TryList(ulong address, in TypeInfo type)
    {
        if (!_objects.TryGetItems(address, type, out ItemRange items))
        {
            return false;
        }

        _text.Append('[');
        bool isWritten = TryItems(items);
        _text.Append(']');
        return isWritten;
    }

    private bool TryTuple(ulong address, in TypeInfo type)
    {
        if (!_objects.TryGetItems(address, type, out ItemRange items))
        {
            return false;
        }

        if (type.Kind == ObjectKind.NamedTuple && (TryNamedTuple(items, type, out bool isWritten) || TryStructSequence(items, type, out isWritten)))
        {
            return isWritten;
        }

        _text.Append('(');
        isWritten = TryItems(items, isTuple: true);
        _text.Append(items.Count == 1 ? ",)" : ")");
        return isWritten;
    }

    // False for any other kind of tuple.
    private bool TryNamedTuple(in ItemRange items, in TypeInfo type, out bool isWritten)
    {
        isWritten = false;
        if (!_objects.TryGetFieldNames(type, items.Count, out TypeInfo owner, out ItemRange names))
        {
            return false;
        }

        // 2.7 wrote the name into the class's own repr(), which those that inherit from it have too.
        isWritten = TryTypeName(_objects.IsPython2 ? owner : type, isShort: true);
        _text.Append('(');
        for (int i = 0; i < items.Count && isWritten && !_text.IsFull; i++)
        {
            _text.Append(i > 0 ? ", " : "");
            isWritten = _objects.TryReadItem(names, i, out ulong name) && TryName(name);
            if (isWritten)
            {
                _text.Append('=');
                isWritten = _objects.TryReadItem(items, i, out ulong value);
                Value(name, value);
            }
        }

        _text.Append(')');
        return true;
    }

    // Objects/structseq.c, structseq_repr: time.struct_time, os.stat_result and their like.
    private bool TryStructSequence(in ItemRange items, in TypeInfo type, out bool isWritten)
    {
        isWritten = false;
        if (!_objects.TryGetStructMembers(type, out ulong members))
        {
            return false;
        }

        isWritten = TryTypeName(type, isShort: false);
        _text.Append('(');
        Span<byte> buffer = stackalloc byte[64];
        for (int i = 0; i < items.Count && isWritten && !_text.IsFull; i++)
        {
            isWritten = _objects.TryReadMemberName(members, i, buffer, out ReadOnlySpan<byte> name) && _objects.TryReadItem(items, i, out ulong value) && Field(i, name, value);
        }

        _text.Append(')');
        return true;
    }

    private bool Field(int index, ReadOnlySpan<byte> name, ulong value)
    {
        _text.Append(index > 0 ? ", " : "");
        AppendUtf8(name);
        _text.Append('=');
        Object(value);
        return true;
    }

    private bool TryItems(in ItemRange items, bool isTuple = false)
    {
        Span<ulong> chunk = stackalloc ulong[ChunkItems];
        CommandLine command = default;
        ulong first = 0;
        int count = items.Count;
        bool isRow = !_secrets.IsEmpty && count > (isTuple ? MaxRow : 2) && count <= MaxArguments && IsRow(items);
        for (int i = 0; i < count && !_text.IsFull; i += ChunkItems)
        {
            int got = _objects.ReadItems(items, i, chunk);
            for (int j = 0; j < got && !_text.IsFull; j++)
            {
                _text.Append(i + j > 0 ? ", " : "");
                if (i + j == 0)
                {
                    first = chunk[0];
                }

                Item(chunk[j], i + j, count, first, isTuple, isRow, ref command);
                _items = i + j + 1;
            }

            if (got < Math.Min(ChunkItems, count - i) && !_text.IsFull)
            {
                return false;
            }
        }

        return true;
    }

    // Modules/_collectionsmodule.c, deque_repr.
    private bool TryDeque(ulong address, in TypeInfo type)
    {
        if (!_objects.TryOpenDeque(address, out DequeItems items) || !TryTypeName(type, isShort: true))
        {
            return false;
        }

        _text.Append("([");
        bool isFirst = true;
        while (!_text.IsFull && items.TryNext(out ulong item))
        {
            _text.Append(isFirst ? "" : ", ");
            isFirst = false;
            Object(item);
        }

        if (items.IsUnreadable)
        {
            return false;
        }

        _text.Append(']');
        if (items.MaxLength >= 0)
        {
            _text.Append(", maxlen=");
            _text.Append(items.MaxLength);
        }

        _text.Append(')');
        return true;
    }
}
