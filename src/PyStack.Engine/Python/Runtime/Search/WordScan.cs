using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Threading;
using PyStack.Engine.Memory;
using PyStack.Engine.Targets;

namespace PyStack.Engine.Python.Runtime.Search;

/// <summary>Reads memory in pieces that overlap, so that a struct of bounded size is completely in one of them.</summary>
/// <param name="overlap">The largest struct's bytes, a multiple of 8.</param>
/// <param name="advance">Called with the number of bytes that were searched.</param>
internal sealed class WordScan(IMemorySource memory, int overlap, Action<int>? advance, CancellationToken cancellation)
{
    private const int PieceSize = 1 << 20;
    private const int PageSize = 4096;

    private readonly byte[] _piece = new byte[PieceSize + overlap];

    /// <summary>Gets a piece of memory; words from <see cref="PieceSize"/> on will come again in the next.</summary>
    /// <param name="address">Of the first byte.</param>
    /// <param name="bytes">What could be read; its first <paramref name="fresh"/> bytes have not been seen before.</param>
    /// <returns>True to end the scan.</returns>
    public delegate bool Visitor(ulong address, ReadOnlySpan<byte> bytes, int fresh);

    /// <summary>Passes every readable byte of some regions to a visitor.</summary>
    /// <param name="budget">The maximum number of bytes.</param>
    /// <returns>Whether the visitor ended the scan.</returns>
    public bool Run(IEnumerable<MemoryRegion> regions, long budget, Visitor visit)
    {
        foreach (MemoryRegion region in regions)
        {
            for (ulong at = region.Range.Start, next; at < region.Range.End; at = next)
            {
                next = at + PieceSize;
                cancellation.ThrowIfCancellationRequested();
                if (budget <= 0)
                {
                    return false;
                }

                int fresh = (int)Math.Min(PieceSize, region.Range.End - at);
                int wanted = (int)Math.Min((ulong)_piece.Length, region.Range.End - at);
                int count = memory.Read(at, _piece.AsSpan(0, wanted));
                if (count < fresh)
                {
                    // A hole: continue after it.
                    fresh = (count / PageSize * PageSize) + PageSize;
                    next = at + (ulong)fresh;
                }

                budget -= fresh;
                advance?.Invoke(fresh);
                if (count > 0 && visit(at, _piece.AsSpan(0, count), Math.Min(fresh, count)))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>The whole words of a piece.</summary>
    public static ReadOnlySpan<ulong> Words(ReadOnlySpan<byte> bytes) => MemoryMarshal.Cast<byte, ulong>(bytes);
}
