using System;
using PyStack.Engine.Native;

namespace PyStack.Engine.Memory;

/// <summary>A source that can read many ranges in one system call.</summary>
internal interface IScatteredMemorySource : IMemorySource
{
    /// <summary>
    /// Fills the local pieces from the source's pieces, one after the other, as readv(2) does; at most
    /// <see cref="ProcessMemory.MaxPieces"/> of each.
    /// </summary>
    /// <returns>Bytes copied from the start: it ends where something cannot be read.</returns>
    long Read(ReadOnlySpan<IoVector> destinations, ReadOnlySpan<IoVector> sources);
}
