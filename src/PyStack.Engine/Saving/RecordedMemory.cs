using System;
using System.Collections.Generic;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Saving;

/// <summary>
/// The memory of a process at the moment of a capture, which notes what is read of it: pages that the capture has copied as they were then, all others as they are when they are first read.
/// </summary>
/// <param name="live">The process as it is now.</param>
/// <param name="maxBytes">More is not noted, and unreadable.</param>
internal sealed class RecordedMemory(IMemorySource live, long maxBytes) : IMemorySource
{
    public const int PageSize = PageSnapshot.PageSize;

    /// <summary>
    /// The grain of what is kept, in bytes. Objects of threads are far from each other, so that of most pages little is needed; and what is near to it is kept for readers that look at more of an
    /// object than we do.
    /// </summary>
    public const int BlockSize = 256;

    private const ulong OffsetMask = PageSize - 1;

    private readonly Dictionary<ulong, Page> _pages = new(AddressHash.Comparer);
    private long _noted;

    /// <summary>Whether an address is in a file as it is in memory, so that it need not be noted; null for nowhere.</summary>
    public Predicate<ulong>? IsInFile { get; set; }

    /// <summary>Whether there was more to note than may be.</summary>
    public bool IsFull { get; private set; }

    /// <summary>Takes over the pages of a capture; later ones over earlier ones.</summary>
    public void Take(PageSnapshot copy) => copy.ForEachPage((address, bytes) => _pages[address] = new Page(bytes.ToArray()));

    /// <summary>Forgets everything, for another capture.</summary>
    public void Clear()
    {
        _pages.Clear();
        _noted = 0;
        IsFull = false;
    }

    /// <summary>Puts bytes of the moment over what is there.</summary>
    /// <param name="isNoted">Whether they are noted as read.</param>
    public void Put(ulong address, ReadOnlySpan<byte> bytes, bool isNoted)
    {
        while (!bytes.IsEmpty)
        {
            int offset = (int)(address & OffsetMask);
            int count = Math.Min(PageSize - offset, bytes.Length);
            Page page = Find(address & ~OffsetMask, isNeeded: true);
            if (page.Bytes.Length == 0)
            {
                page = _pages[address & ~OffsetMask] = new Page(new byte[PageSize]);
            }

            bytes[..count].CopyTo(page.Bytes.AsSpan(offset));
            _ = isNoted && Note(page, offset, count);
            bytes = bytes[count..];
            address += (ulong)count;
        }
    }

    public int Read(ulong address, Span<byte> destination)
    {
        int done = 0;
        while (done < destination.Length)
        {
            ulong at = unchecked(address + (ulong)done);
            int offset = (int)(at & OffsetMask);
            Page page = Find(at & ~OffsetMask, isNeeded: false);
            if (page.Bytes.Length == 0)
            {
                break;
            }

            int count = Math.Min(PageSize - offset, destination.Length - done);
            if (IsInFile?.Invoke(at) != true && !Note(page, offset, count))
            {
                break;
            }

            page.Bytes.AsSpan(offset, count).CopyTo(destination[done..]);
            done += count;
        }

        return done;
    }

    /// <summary>Notes whole pages as read.</summary>
    public void ReadAll(AddressRange range)
    {
        Span<byte> unused = new byte[PageSize];
        for (ulong page = range.Start & ~OffsetMask; page < range.End && !IsFull; page += PageSize)
        {
            _ = Read(page, unused);
        }
    }

    /// <summary>What was read, by ascending address: of most pages the blocks of which something was read.</summary>
    /// <param name="isWhole">Whether all of the page is wanted that is at an address.</param>
    /// <param name="isExact">Whether bytes that were not read are zero.</param>
    public List<RecordedRun> Runs(Predicate<ulong> isWhole, bool isExact)
    {
        List<RecordedRun> runs = [];
        foreach ((ulong address, Page page) in _pages)
        {
            if (!page.IsRead)
            {
                continue;
            }

            byte[] bytes = isExact ? page.OnlyRead() : page.Bytes;
            int size = isWhole(address) ? PageSize : BlockSize;
            for (int start = 0; start < PageSize; start += size)
            {
                int end = start;
                while (end < PageSize && page.IsReadIn(end, size))
                {
                    end += size;
                }

                if (end > start)
                {
                    runs.Add(new RecordedRun(address + (ulong)start, bytes.AsMemory(start, end - start)));
                    start = end;
                }
            }
        }

        runs.Sort((left, right) => left.Address.CompareTo(right.Address));
        return runs;
    }

    private Page Find(ulong address, bool isNeeded)
    {
        if (!_pages.TryGetValue(address, out Page? page))
        {
            // The lowest page is never mapped; asking for it is what null pointers do.
            byte[] bytes = new byte[PageSize];
            bool isThere = address != 0 && live.Read(address, bytes) == PageSize;
            page = new Page(isThere || isNeeded ? bytes : []);
            _pages.Add(address, page);
        }

        return page;
    }

    private bool Note(Page page, int offset, int count)
    {
        if (!page.IsRead)
        {
            if (_noted + PageSize > maxBytes)
            {
                IsFull = true;
                return false;
            }

            _noted += PageSize;
        }

        page.Note(offset, count);
        return true;
    }

    private sealed class Page(byte[] bytes)
    {
        // One bit for each byte.
        private readonly ulong[] _read = new ulong[bytes.Length / 64];

        public byte[] Bytes => bytes;

        public bool IsRead { get; private set; }

        public void Note(int offset, int count)
        {
            IsRead = true;
            for (int i = offset; i < offset + count;)
            {
                int bit = i % 64;
                int bits = Math.Min(64 - bit, offset + count - i);
                _read[i / 64] |= (bits == 64 ? ulong.MaxValue : (1UL << bits) - 1) << bit;
                i += bits;
            }
        }

        public bool IsReadIn(int start, int length) => _read.AsSpan(start / 64, length / 64).ContainsAnyExcept(0UL);

        public byte[] OnlyRead()
        {
            byte[] kept = new byte[bytes.Length];
            for (int i = 0; i < kept.Length; i++)
            {
                kept[i] = (_read[i / 64] >> (i % 64) & 1) != 0 ? bytes[i] : (byte)0;
            }

            return kept;
        }
    }
}

/// <summary>Memory that is needed.</summary>
internal readonly record struct RecordedRun(ulong Address, ReadOnlyMemory<byte> Bytes)
{
    public ulong End => Address + (ulong)Bytes.Length;
}
