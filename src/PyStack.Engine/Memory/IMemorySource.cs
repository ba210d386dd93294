using System;

namespace PyStack.Engine.Memory;

/// <summary>
/// Bytes by address: a live process, a copy of some of its pages, a core, a mapped ELF file. Decorators of this one
/// method add copying, recording and bounds.
/// </summary>
internal interface IMemorySource
{
    /// <summary>Copies what is at <paramref name="address"/> into <paramref name="destination"/>.</summary>
    /// <returns>
    /// How many bytes were copied, from the start: fewer than asked for where the memory ends or cannot be read, 0 where
    /// nothing can. Never a zero byte in place of one that could not be read, and never an exception.
    /// </returns>
    int Read(ulong address, Span<byte> destination);
}
