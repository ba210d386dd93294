using System;

namespace PyStack.Engine.Memory;

/// <summary>
/// The bytes of one file, on disk or unpacked into memory. As an <see cref="IMemorySource"/> its addresses are offsets
/// in the file, and its reads are safe copies whatever happens to the file meanwhile.
/// </summary>
internal interface IFileBytes : IMemorySource
{
    /// <summary>The size in bytes when the file was opened.</summary>
    ulong Length { get; }

    /// <summary>
    /// Gives a part of the file in place, for tables that are too large to copy. The span is valid until the file is
    /// disposed of.
    /// </summary>
    /// <returns>False if the part is not completely inside the file as it is now.</returns>
    bool TrySlice(ulong offset, ulong length, out ReadOnlySpan<byte> bytes);
}
