using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using PyStack.Engine.Native;

namespace PyStack.Engine.Memory;

/// <summary>Which pages of a copy the target has changed since.</summary>
internal sealed unsafe partial class PageSnapshot
{
    /// <summary>Pages that are read again and compared in one call.</summary>
    private const int PagesAtOnce = 64;

    /// <summary>Whether a page was asked for that a sealed copy does not have.</summary>
    public bool HasMissed { get; private set; }

    /// <summary>Whether a page was read since <see cref="ForgetTouches"/> that the copy does not have as it was at its moment: one that <see cref="MarkStale"/> names, or that it does not have at all.</summary>
    public bool HasTouchedStale { get; private set; }

    /// <summary>Whether there are such pages.</summary>
    public bool HasStale => _stale.Count > 0;

    /// <summary>Marks pages of which it is not known whether the copy has them as they were at its moment.</summary>
    /// <param name="slots">Of <see cref="FindChanged"/>; the copy has the same pages since.</param>
    public void MarkStale(IEnumerable<int> slots)
    {
        _stale.UnionWith(slots);
        _lastPage = ulong.MaxValue;
    }

    /// <summary>Begins to watch whether a stale page is read.</summary>
    public void ForgetTouches()
    {
        HasTouchedStale = false;
        _lastPage = _stale.Count > 0 ? ulong.MaxValue : _lastPage;
    }

    /// <summary>The page in a slot.</summary>
    public ulong PageAt(int slot) => _table.Address(slot);

    /// <summary>The slot of a page; -1 if the copy does not have it.</summary>
    public int SlotOf(ulong page) => _table.Find(page);

    /// <summary>Reads all pages again, and finds those that have other bytes than the copy has. The copy stays as it is.</summary>
    /// <param name="changed">Gets the slots of the pages, ascending.</param>
    public void FindChanged(List<int> changed)
    {
        changed.Clear();
        byte* again = (byte*)NativeMemory.AlignedAlloc(PagesAtOnce * PageSize, PageSize);
        try
        {
            for (int first = 0; first < _table.Count; first += PagesAtOnce)
            {
                int end = Math.Min(first + PagesAtOnce, _table.Count);
                int read = ReadAgain(first, end, again);
                for (int slot = first; slot < end; slot++)
                {
                    Span<byte> now = new(again + ((slot - first) * PageSize), PageSize);
                    bool isRead = slot - first < read || _source.Read(_table.Address(slot), now) == PageSize;
                    if (isRead != _table.IsReadable(slot) || (isRead && !now.SequenceEqual(new ReadOnlySpan<byte>(SlotData(slot), PageSize))))
                    {
                        changed.Add(slot);
                    }
                }
            }
        }
        finally
        {
            NativeMemory.AlignedFree(again);
        }
    }

    /// <summary>Fetches some pages again, inside of a pause. Allocates nothing.</summary>
    /// <param name="slots">Of <see cref="FindChanged"/>; the copy has the same pages since.</param>
    public void RefreshOnly(List<int> slots)
    {
        _lastPage = ulong.MaxValue;
        for (int first = 0; first < slots.Count; first += PagesAtOnce)
        {
            int count = Math.Min(PagesAtOnce, slots.Count - first);
            for (int i = 0; i < count; i++)
            {
                int slot = slots[first + i];
                _batch[i] = new IoVector { Base = (nuint)_table.Address(slot), Length = PageSize };
                _localBatch[i] = new IoVector { Base = (nuint)SlotData(slot), Length = PageSize };
            }

            long read = _source is IScatteredMemorySource scattered ? scattered.Read(_localBatch.AsSpan(0, count), _batch.AsSpan(0, count)) / PageSize : 0;
            for (int i = 0; i < count; i++)
            {
                int slot = slots[first + i];
                _table.SetReadable(slot, i < read || _source.Read(_table.Address(slot), new Span<byte>(SlotData(slot), PageSize)) == PageSize);
            }
        }
    }

    // How many pages could be read, from the first on.
    private int ReadAgain(int first, int end, byte* again)
    {
        if (_source is not IScatteredMemorySource scattered)
        {
            return 0;
        }

        for (int slot = first; slot < end; slot++)
        {
            _batch[slot - first] = new IoVector { Base = (nuint)_table.Address(slot), Length = PageSize };
        }

        _localBatch[0] = new IoVector { Base = (nuint)again, Length = (nuint)((end - first) * PageSize) };
        return (int)(Math.Max(0, scattered.Read(_localBatch.AsSpan(0, 1), _batch.AsSpan(0, end - first))) / PageSize);
    }
}
