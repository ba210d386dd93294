using System;
using System.Threading;

namespace PyStack.Engine.Native;

/// <summary>
/// Memory of our own, as long as a file, into which parts of the file are copied at their first use. The other parts use only address space.
/// Not thread-safe: its owner has a lock.
/// </summary>
internal sealed unsafe class FilePages : IDisposable
{
    /// <summary>Bytes of one copy: 16 pages of 4 KiB, or one of the largest possible.</summary>
    public const ulong ChunkBytes = 1 << 16;

    /// <summary>No binary is as large; of a core only the notes are read in place.</summary>
    private const ulong MaxLength = 1UL << 42;

    private readonly ulong _length;
    private readonly ulong[] _filled;
    private nint _address;
    private long _copied;

    private FilePages(nint address, ulong length)
    {
        _address = address;
        _length = length;
        _filled = new ulong[(length / ChunkBytes / 64) + 1];
    }

    /// <summary>Bytes that were copied: about its memory use.</summary>
    public long CopiedBytes => Volatile.Read(ref _copied);

    /// <summary>Reserves the address space; null if there is not enough.</summary>
    public static FilePages? Reserve(ulong length)
    {
        nint address = length is 0 or > MaxLength ? -1 : FileCalls.MapAnonymousMemory((nuint)length, FileCalls.ProtectionNone);
        return address == -1 ? null : new FilePages(address, length);
    }

    /// <summary>The bytes of a part of the file that is completely copied.</summary>
    public ReadOnlySpan<byte> Bytes(ulong offset, int length) => new((byte*)_address + offset, length);

    /// <summary>How many bytes of a part are not there yet, in whole chunks.</summary>
    public ulong CountMissing(ulong offset, ulong length)
    {
        ulong missing = 0;
        for (ulong chunk = offset / ChunkBytes; chunk <= (offset + length - 1) / ChunkBytes; chunk++)
        {
            missing += IsFilled(chunk) ? 0 : ChunkBytes;
        }

        return missing;
    }

    /// <summary>The first piece of a part that is not there yet, in whole chunks except the file's end; false if all is there.</summary>
    /// <param name="most">The most bytes of it.</param>
    public bool TryFindMissing(ulong offset, ulong length, ulong most, out ulong start, out int count)
    {
        ulong last = (offset + length - 1) / ChunkBytes;
        ulong first = offset / ChunkBytes;
        while (first <= last && IsFilled(first))
        {
            first++;
        }

        ulong end = first;
        while (end <= last && !IsFilled(end) && (end - first) * ChunkBytes < most)
        {
            end++;
        }

        start = first * ChunkBytes;
        count = (int)(Math.Min(end * ChunkBytes, _length) - Math.Min(start, _length));
        return first <= last;
    }

    /// <summary>The memory of a missing piece, to be filled; null if there is no memory.</summary>
    public byte* Prepare(ulong start, int count)
        => FileCalls.Protect(_address + (nint)start, (nuint)count, FileCalls.ProtectionReadWrite) == 0 ? (byte*)_address + start : null;

    /// <summary>Marks a piece as copied.</summary>
    public void MarkFilled(ulong start, int count)
    {
        for (ulong chunk = start / ChunkBytes; chunk * ChunkBytes < start + (ulong)count; chunk++)
        {
            _filled[chunk / 64] |= 1UL << (int)(chunk % 64);
        }

        Volatile.Write(ref _copied, _copied + count);
    }

    /// <summary>There is no finalizer: a span does not keep this object alive, so a finalizer could free the memory while it is used.</summary>
    public void Dispose()
    {
        nint address = Interlocked.Exchange(ref _address, 0);
        if (address != 0)
        {
            _ = FileCalls.Unmap(address, (nuint)_length);
        }
    }

    private bool IsFilled(ulong chunk) => (_filled[chunk / 64] & (1UL << (int)(chunk % 64))) != 0;
}
