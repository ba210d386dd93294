using System;
using System.Runtime.CompilerServices;

namespace PyStack.Engine.Memory;

/// <summary>
/// Memory that is read in large pieces, of which the last ones are kept: for a walk over very many objects that would be too slow with a system call for each, and too large to be kept.
/// What it gives may be as old as the walk.
/// </summary>
internal sealed class ChunkCache(IMemorySource source, long maxBytes) : IMemorySource
{
    private const int PageSize = 4096;

    /// <summary>Large enough that system calls cost little beside copying; objects that were created together are near each other.</summary>
    private const int ChunkSize = 4 * PageSize;

    private const int Chunks = 4096;

    private readonly byte[]?[] _data = new byte[]?[Chunks];
    private readonly ulong[] _addresses = new ulong[Chunks];
    private readonly ushort[] _readable = new ushort[Chunks];
    private long _bytesLeft = maxBytes;

    /// <summary>Whether as many bytes were read as may be: all further ones are unreadable.</summary>
    public bool IsExhausted => _bytesLeft <= 0;

    public int Read(ulong address, Span<byte> destination)
    {
        int done = 0;
        while (done < destination.Length)
        {
            ulong at = unchecked(address + (ulong)done);
            ReadOnlySpan<byte> rest = RestOfPage(at);
            if (rest.IsEmpty)
            {
                break;
            }

            int count = Math.Min(rest.Length, destination.Length - done);
            rest[..count].CopyTo(destination[done..]);
            done += count;
        }

        return done;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ReadOnlySpan<byte> RestOfPage(ulong address)
    {
        ulong chunk = address / ChunkSize;
        int slot = (int)(chunk % Chunks);
        if (_addresses[slot] != chunk + 1)
        {
            Fetch(chunk, slot);
        }

        int offset = (int)(address % ChunkSize);
        int page = offset / PageSize;
        return (_readable[slot] & (1 << page)) == 0 ? default : _data[slot].AsSpan(offset, PageSize - (offset % PageSize));
    }

    private void Fetch(ulong chunk, int slot)
    {
        byte[] data = _data[slot] ??= GC.AllocateUninitializedArray<byte>(ChunkSize);
        _addresses[slot] = chunk + 1;
        _readable[slot] = 0;
        if (IsExhausted)
        {
            return;
        }

        _bytesLeft -= ChunkSize;
        ulong address = chunk * ChunkSize;
        int pages = source.Read(address, data) / PageSize;
        int readable = (1 << pages) - 1;

        // A mapping begins or ends in it.
        for (int page = pages + 1; page < ChunkSize / PageSize; page++)
        {
            if (source.Read(address + (ulong)(page * PageSize), data.AsSpan(page * PageSize, PageSize)) == PageSize)
            {
                readable |= 1 << page;
            }
        }

        _readable[slot] = (ushort)readable;
    }
}
