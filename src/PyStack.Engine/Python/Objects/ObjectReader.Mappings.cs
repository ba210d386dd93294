using System;
using PyStack.Engine.Memory;

namespace PyStack.Engine.Python.Objects;

/// <summary>dict and what inherits from it, and the order of an OrderedDict.</summary>
internal sealed partial class ObjectReader
{
    /// <summary>In <c>_ODictNode</c> (Objects/odictobject.c), after key and hash: next. The first node, <c>od_first</c>, is after the dict.</summary>
    private const int NodeNext = 2 * sizeof(ulong);

    /// <summary>The entries of a dict, or of an instance of a class that inherits from it; false for any other object.</summary>
    public bool TryOpenDict(ulong address, out DictEntries entries)
    {
        entries = default;
        return TryGetType(address, out TypeInfo type) && (type.Flags & TypeInfo.DictSubclass) != 0 && TryOpenEntries(address, out entries);
    }

    /// <summary>The same for what is known to be a dict.</summary>
    public bool TryOpenEntries(ulong dict, out DictEntries entries) => DictEntries.TryOpen(_memory, layout, dict, out entries);

    /// <summary>The next entry of a dict; false at the end, where <see cref="PlacesLeft"/> has run out, and where memory ends.</summary>
    public bool TryNext(ref DictEntries entries, out ulong key, out ulong value)
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

    /// <summary>The value of a dict's key that is a str, in 2.7 one of bytes, by its ASCII characters: looked for from the first entry on.</summary>
    public bool TryGetDictItem(ulong dict, ReadOnlySpan<byte> name, out ulong value)
        => InstanceAttributes.TryFindInDict(_memory, layout, dict, name, ref _placesLeft, out value);

    /// <inheritdoc cref="TryGetDictItem(ulong, ReadOnlySpan{byte}, out ulong)"/>
    /// <param name="guess">Where it may be; where it was found, afterwards.</param>
    public bool TryGetDictItem(ulong dict, ReadOnlySpan<byte> name, ref EntryGuess guess, out ulong value)
    {
        value = 0;
        return dict != 0 && TryOpenEntries(dict, out DictEntries entries) && TryFind(entries, name, ref guess, out value);
    }

    /// <summary>
    /// The entries of an OrderedDict in its own order, which is in a list of links and may be another than that of the table (move_to_end). 2.7's links are lists: the one
    /// before, the next, the key.
    /// </summary>
    public bool TryOpenOrdered(ulong address, in TypeInfo type, out OrderedEntries entries)
    {
        entries = default;
        if (!TryOpenEntries(address, out DictEntries table))
        {
            return false;
        }

        ulong root = 0;
        bool isFound = IsPython2
            ? TryGetInstanceAttribute(address, type, "_OrderedDict__root"u8, out root) & TryReadLink(root, out _, out ulong first)
            : _memory.TryReadPointer(address + (ulong)layout.Values.DictSize, out first);
        entries = new OrderedEntries(table, first, root);
        return isFound;
    }

    /// <summary>The next entry of an OrderedDict; false at the end, where <see cref="PlacesLeft"/> has run out, and where memory ends.</summary>
    public bool TryNext(ref OrderedEntries entries, out ulong key, out ulong value)
    {
        (key, value) = (0, 0);
        if (entries.IsAtEnd || _placesLeft <= 0 || !TryReadLink(entries.Link, out key, out ulong next) || !TryFindKey(ref entries.Table, key, out value))
        {
            return false;
        }

        entries.Link = next;
        return true;
    }

    private bool TryReadLink(ulong link, out ulong key, out ulong next)
    {
        (key, next) = (0, 0);
        _placesLeft--;
        if (!IsPython2)
        {
            return _memory.TryReadPointer(link, out key) && _memory.TryReadPointer(link + NodeNext, out next);
        }

        return _memory.TryReadPointer(link + (ulong)layout.Values.ListItems, out ulong items)
            && _memory.TryReadPointer(items + sizeof(ulong), out next)
            && _memory.TryReadPointer(items + (2 * sizeof(ulong)), out key);
    }

    // Mostly the next entry; else it is looked for from the start.
    private bool TryFindKey(ref DictEntries entries, ulong key, out ulong value)
    {
        if (TryNext(ref entries, out ulong found, out value) && found == key)
        {
            return true;
        }

        entries.MoveTo(0);
        while (TryNext(ref entries, out found, out value))
        {
            if (found == key)
            {
                return true;
            }
        }

        return false;
    }

    private bool TryFind(DictEntries entries, ReadOnlySpan<byte> name, ref EntryGuess guess, out ulong value)
    {
        entries.MoveTo(guess.Place);
        if (TryNext(ref entries, out ulong key, out value) && IsNamed(key, name, guess))
        {
            guess.Key = key;
            return true;
        }

        entries.MoveTo(0);
        while (TryNext(ref entries, out key, out value))
        {
            if (IsNamed(key, name, guess))
            {
                guess = new EntryGuess(entries.Place, key);
                return true;
            }
        }

        value = 0;
        return false;
    }

    private bool IsNamed(ulong key, ReadOnlySpan<byte> name, in EntryGuess guess) => key == guess.Key || IsText(key, name);
}
