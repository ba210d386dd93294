using System;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Objects;

namespace PyStack.Engine.Python.Repr;

/// <summary>
/// Objects whose bytes are in the copy already, so that a pass that prefetches need not go through them again: while a target is stopped, most values are the same as a
/// moment before, and are passed by after a look at their type and size, or at their items.
/// </summary>
internal sealed class PrefetchedObjects(ObjectReader objects)
{
    /// <summary>Items by which a container is known again; one with more of them is gone through.</summary>
    private const int MaxItems = 32;

    // In the pause they do not grow: an object without room is not recorded, and is read again at its next occurrence.
    private readonly AddressTable<Known> _known = new(1024);
    private readonly AddressSet _seen = new();

    /// <summary>How many objects came by that lead to others.</summary>
    public int Containers { get; set; }

    /// <summary>Begins a pass; what a rehearsal has noted is kept for the pause after it.</summary>
    public void Begin(bool isPaused)
    {
        _known.IsFixed = isPaused;
        _seen.IsFixed = isPaused;
        _seen.Clear();
        if (!isPaused)
        {
            _known.Clear();
        }
    }

    /// <summary>Reserves twice the current size, so that the pause allocates nothing.</summary>
    public void ReserveDouble()
    {
        _known.ReserveDouble(spare: 256);
        _seen.EnsureCapacity((_seen.Count * 2) + 256);
    }

    /// <summary>Whether this pass has been through an object before.</summary>
    public bool HasSeen(ulong address) => _seen.Contains(address);

    /// <summary>Notes that this pass has been through an object.</summary>
    public void Saw(ulong address) => _seen.Add(address);

    /// <summary>Whether an object is known that leads to no other, with the same type and size: then its bytes are in the copy.</summary>
    /// <param name="length">Characters of its text, at least.</param>
    public bool HasLeaf(ulong address, out int length)
    {
        ref Known known = ref _known.Find(address);
        length = known.Length;
        return known.Address != 0 && objects.TryReadHead(address, out ObjectHead head) && head.Type == known.First && head.Size == known.Second;
    }

    /// <summary>Notes an object after its text was counted.</summary>
    /// <param name="isWhole">Whether all that its text needs was read.</param>
    public void Note(ulong address, ObjectKind kind, bool isWhole, int length)
    {
        if (!IsLeaf(kind))
        {
            Containers++;
        }
        else if (isWhole && objects.TryReadHead(address, out ObjectHead head))
        {
            _ = _known.Set(new Known(address, head.Type, head.Size, length));
        }
    }

    /// <summary>Whether a container of leaves is known whose items are where they were: then all of it is in the copy.</summary>
    public bool HasGroup(ulong address, in TypeInfo type, out int length)
    {
        ref Known known = ref _known.Find(address);
        length = known.Length;
        return known.Address != 0 && known.Second <= MaxItems && TrySign(address, type, (int)known.Second, out ulong now) && now == known.First;
    }

    /// <summary>Notes a container of leaves.</summary>
    /// <param name="items">How many of its items were examined.</param>
    public void NoteGroup(ulong address, in TypeInfo type, int items, int length)
    {
        if (TrySign(address, type, items, out ulong signature))
        {
            _ = _known.Set(new Known(address, signature, (ulong)items, length));
        }
    }

    // What is shown by type and address alone needs nothing of what it holds; where a number is in the second word, it is the number that is compared.
    private static bool IsLeaf(ObjectKind kind) => kind is ObjectKind.Other or ObjectKind.None or ObjectKind.Bool or ObjectKind.SmallInt or ObjectKind.Int or ObjectKind.Float
        or ObjectKind.Text or ObjectKind.Bytes or ObjectKind.Function or ObjectKind.Class or ObjectKind.Cell;

    // Says which items a container has, as far as they were examined. Not for sets and named tuples, which are rare.
    private bool TrySign(ulong address, in TypeInfo type, int items, out ulong signature)
    {
        signature = 0;
        if (items > MaxItems)
        {
            return false;
        }

        switch (type.Kind)
        {
            case ObjectKind.List or ObjectKind.Tuple when objects.TryGetItems(address, type, out ItemRange range):
                Span<ulong> words = stackalloc ulong[MaxItems];
                words = words[..Math.Min(items, range.Count)];
                if (words.Length < items || objects.ReadItems(range, 0, words) < items)
                {
                    return false;
                }

                Mix(ref signature, (ulong)range.Count);
                Mix(ref signature, range.Address);
                foreach (ulong item in words)
                {
                    Mix(ref signature, item);
                }

                return true;
            case ObjectKind.Dict when objects.TryOpenEntries(address, out DictEntries entries):
                Mix(ref signature, entries.Signature);
                int budget = MaxItems * 4;
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

    /// <summary>What was noted of an object.</summary>
    /// <param name="First">Of a leaf its type, of a container what says which items it has.</param>
    /// <param name="Second">Of a leaf the word after its type, which tells its size; of a container how many of its items were looked at.</param>
    /// <param name="Length">Characters of its text, at least.</param>
    private readonly record struct Known(ulong Address, ulong First, ulong Second, int Length) : IAddressSlot;
}
