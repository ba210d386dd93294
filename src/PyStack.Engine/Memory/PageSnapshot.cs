using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using PyStack.Engine.Native;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Memory;

/// <summary>
/// A copy of those pages of a target that were asked for: the first read of a page fetches it, later ones are served
/// from the copy. <see cref="Refresh"/> fetches all known pages again in few system calls, which is what happens in the
/// target's pause. After the pause it is detached (<see cref="IsSealed"/>) and answers from the copy only.
/// </summary>
/// <remarks>Not thread-safe. The pages are in native memory, so that copying them leaves the garbage collector alone.</remarks>
internal sealed unsafe partial class PageSnapshot : IPrefetchMemory, IDisposable
{
    /// <summary>The grain of the copy, in bytes. The processor's own pages are a multiple of it.</summary>
    public const int PageSize = 4096;

    private const ulong OffsetMask = PageSize - 1;
    private const int PagesPerChunk = 256;

    private readonly IMemorySource _source;
    private readonly PageTable _table = new();
    private readonly HashSet<int> _stale = [];
    private readonly int _maxPages;
    private byte*[] _chunks = [];
    private IoVector[] _remote = [];
    private readonly IoVector[] _batch = new IoVector[ProcessMemory.MaxPieces];
    private readonly IoVector[] _localBatch = new IoVector[ProcessMemory.MaxPieces];
    private int _lastBatchPages;
    private int _remoteCount;
    private int _prepared;
    private ulong _lastPage = ulong.MaxValue;
    private byte* _lastData;

    /// <param name="source">Where pages come from.</param>
    /// <param name="limits">Bounds the bytes that the copy may hold.</param>
    public PageSnapshot(IMemorySource source, Limits limits)
    {
        _source = source;
        _maxPages = (int)Math.Min(limits.SnapshotBytes / PageSize, int.MaxValue / 2);
    }

    /// <summary>What it copies. While it is not sealed, more can be read there than the copy is to have.</summary>
    public IMemorySource Source => _source;

    /// <summary>Whether reads are answered from the copy alone.</summary>
    public bool IsSealed { get; set; }

    /// <summary>Whether a page was refused because the copy had grown to its limit.</summary>
    public bool IsFull { get; private set; }

    /// <summary>Pages held, unreadable ones included.</summary>
    public int PageCount => _table.Count;

    public int Read(ulong address, Span<byte> destination)
    {
        int offset = (int)(address & OffsetMask);
        if (destination.Length <= PageSize - offset)
        {
            byte* data = Page(address & ~OffsetMask);
            if (data is null)
            {
                return 0;
            }

            new ReadOnlySpan<byte>(data + offset, destination.Length).CopyTo(destination);
            return destination.Length;
        }

        return ReadAcrossPages(address, destination);
    }

    public bool Prefetch(ulong address, int length)
    {
        ulong end = address + (ulong)length;
        if (end < address)
        {
            return false;
        }

        for (ulong page = address & ~OffsetMask; page < end; page += PageSize)
        {
            if (Page(page) is null)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Forgets all pages and keeps the memory.</summary>
    public void Clear()
    {
        _table.Clear();
        _guessed = 0;
        _lastPage = ulong.MaxValue;
        _prepared = 0;
        _remoteCount = 0;
        IsSealed = false;
        IsFull = false;
        HasMissed = false;
        _stale.Clear();
    }

    /// <summary>
    /// Gets ready for <see cref="Refresh"/>: sorts the readable pages by address, forgets the others, and makes room for
    /// as many again, so that the pause neither sorts nor allocates.
    /// </summary>
    public void PrepareRefresh()
    {
        _guessed = 0;
        _prepared = _table.KeepReadableSorted();
        _lastPage = ulong.MaxValue;
        int room = Math.Min((_prepared * 2) + PagesPerChunk, _maxPages);
        _table.Reserve(room);
        ReserveChunks(_prepared + PagesPerChunk);
        BuildVectors();
    }

    /// <summary>Fetches all pages that <see cref="PrepareRefresh"/> found again. Pages that no longer exist are unreadable.</summary>
    public void Refresh()
    {
        _table.Truncate(_prepared);
        _lastPage = ulong.MaxValue;
        IsFull = false;
        if (_source is IScatteredMemorySource scattered)
        {
            RefreshScattered(scattered);
            return;
        }

        for (int slot = 0; slot < _prepared; slot++)
        {
            _table.SetReadable(slot, _source.Read(_table.Address(slot), new Span<byte>(SlotData(slot), PageSize)) == PageSize);
        }
    }

    /// <summary>Calls back with every readable page, by ascending slot: what a test records to replay later.</summary>
    public void ForEachPage(Action<ulong, ReadOnlySpan<byte>> visit)
    {
        for (int slot = 0; slot < _table.Count; slot++)
        {
            if (_table.IsReadable(slot))
            {
                visit(_table.Address(slot), new ReadOnlySpan<byte>(SlotData(slot), PageSize));
            }
        }
    }

    public void Dispose()
    {
        foreach (byte* chunk in _chunks)
        {
            NativeMemory.AlignedFree(chunk);
        }

        _chunks = [];
        _table.Clear();
        _lastPage = ulong.MaxValue;
        IsSealed = true;
    }

    private int ReadAcrossPages(ulong address, Span<byte> destination)
    {
        int done = 0;
        while (done < destination.Length)
        {
            ulong at = address + (ulong)done;
            byte* data = Page(at & ~OffsetMask);
            if (data is null)
            {
                break;
            }

            int offset = (int)(at & OffsetMask);
            int count = Math.Min(PageSize - offset, destination.Length - done);
            new ReadOnlySpan<byte>(data + offset, count).CopyTo(destination[done..]);
            done += count;
        }

        return done;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private byte* Page(ulong page) => page == _lastPage ? _lastData : FindPage(page);

    private byte* FindPage(ulong page)
    {
        int slot = _table.Find(page);
        if (slot < 0 && (slot = Fetch(page)) < 0)
        {
            return null;
        }

        if (slot < _guessed)
        {
            _isUsed[slot] = true;
        }

        if (_stale.Count > 0 && _stale.Contains(slot))
        {
            HasTouchedStale = true;
        }

        _lastPage = page;
        _lastData = _table.IsReadable(slot) ? SlotData(slot) : null;
        return _lastData;
    }

    private int Fetch(ulong page)
    {
        // The lowest page is never mapped; asking for it is what null pointers do.
        if (IsSealed || page == 0)
        {
            HasMissed |= page != 0;
            HasTouchedStale |= page != 0;
            return -1;
        }

        if (_table.Count >= _maxPages)
        {
            IsFull = true;
            HasTouchedStale = true;
            return -1;
        }

        ReserveChunks(_table.Count + 1);
        int slot = _table.Add(page);
        _table.SetReadable(slot, _source.Read(page, new Span<byte>(SlotData(slot), PageSize)) == PageSize);
        return slot;
    }

    private byte* SlotData(int slot) => _chunks[slot / PagesPerChunk] + ((slot % PagesPerChunk) * PageSize);

    private void ReserveChunks(int pages)
    {
        int needed = (pages + PagesPerChunk - 1) / PagesPerChunk;
        if (needed <= _chunks.Length)
        {
            return;
        }

        int have = _chunks.Length;
        var grown = new byte*[Math.Max(needed, have + (have / 2))];
        for (int i = 0; i < grown.Length; i++)
        {
            grown[i] = i < have
                ? _chunks[i]
                : (byte*)NativeMemory.AlignedAlloc((nuint)PagesPerChunk * PageSize, PageSize);
        }

        _chunks = grown;
    }

    // One remote piece per run of neighbours. A run ends with its chunk, so that a batch never has more local pieces
    // (one per chunk) than remote ones.
    private void BuildVectors()
    {
        if (_remote.Length < _prepared)
        {
            _remote = new IoVector[_prepared * 2];
        }

        _remoteCount = 0;
        for (int slot = 0; slot < _prepared; slot++)
        {
            ulong page = _table.Address(slot);
            bool isNeighbour = slot % PagesPerChunk != 0 && _table.Address(slot - 1) + PageSize == page;
            if (isNeighbour)
            {
                _remote[_remoteCount - 1].Length += PageSize;
            }
            else
            {
                _remote[_remoteCount++] = new IoVector { Base = (nuint)page, Length = PageSize };
            }
        }
    }

    private void RefreshScattered(IScatteredMemorySource source)
    {
        int remote = 0;
        int inRemote = 0;
        int slot = 0;
        while (slot < _prepared)
        {
            int pages = ReadBatch(source, slot, remote, inRemote);
            for (int i = 0; i < pages; i++)
            {
                _table.SetReadable(slot + i, true);
            }

            // The read ended early: the next page was unmapped since the rehearsal. It is left out, and the rest follows.
            if (pages < _lastBatchPages)
            {
                _table.SetReadable(slot + pages, false);
                pages++;
            }

            slot += pages;
            Advance(ref remote, ref inRemote, pages);
        }
    }

    // Reads as many pages as fit into one call, from a place in the remote pieces on. Returns how many were read.
    private int ReadBatch(IScatteredMemorySource source, int slot, int remote, int inRemote)
    {
        int count = Math.Min(ProcessMemory.MaxPieces, _remoteCount - remote);
        Span<IoVector> pieces = _batch.AsSpan(0, count);
        _remote.AsSpan(remote, count).CopyTo(pieces);
        pieces[0].Base += (nuint)inRemote * PageSize;
        pieces[0].Length -= (nuint)inRemote * PageSize;
        _lastBatchPages = 0;
        foreach (IoVector piece in pieces)
        {
            _lastBatchPages += (int)(piece.Length / PageSize);
        }

        Span<IoVector> local = _localBatch;
        return (int)(source.Read(local[..LocalPieces(local, slot, _lastBatchPages)], pieces) / PageSize);
    }

    private void Advance(ref int remote, ref int inRemote, int pages)
    {
        inRemote += pages;
        while (remote < _remoteCount && inRemote >= (int)(_remote[remote].Length / PageSize))
        {
            inRemote -= (int)(_remote[remote].Length / PageSize);
            remote++;
        }
    }

    private int LocalPieces(Span<IoVector> pieces, int firstSlot, int pages)
    {
        int count = 0;
        for (int slot = firstSlot; slot < firstSlot + pages;)
        {
            int inChunk = Math.Min(PagesPerChunk - (slot % PagesPerChunk), firstSlot + pages - slot);
            pieces[count++] = new IoVector { Base = (nuint)SlotData(slot), Length = (nuint)(inChunk * PageSize) };
            slot += inChunk;
        }

        return count;
    }
}
