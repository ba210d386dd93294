using System;
using PyStack.Engine.Memory;

namespace PyStack.Engine.Elf;

/// <summary>
/// The loaded parts of an image by the addresses that it was linked for, wherever the bytes really are: in a file, where the
/// segments say, or in a process, moved by the load bias.
/// </summary>
/// <param name="source">The file (addresses are offsets) or the process.</param>
/// <param name="segments">All segments of the image.</param>
/// <param name="bias">In a process: where an address of the image is, less that address (modulo 2^64). In a file: null.</param>
internal sealed class ElfAddressSpace(IMemorySource source, ProgramHeader[] segments, ulong? bias) : IMemorySource
{
    /// <summary>Whether a loaded segment holds the address.</summary>
    public bool Contains(ulong address)
    {
        foreach (ref readonly ProgramHeader segment in segments.AsSpan())
        {
            if (segment.IsLoaded && segment.Memory.Contains(address))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Copies bytes up to the end of the segment that holds the first. What a file does not hold, since it starts as zeros,
    /// cannot be read from the file.
    /// </summary>
    public int Read(ulong address, Span<byte> destination)
    {
        foreach (ref readonly ProgramHeader segment in segments.AsSpan())
        {
            ulong size = bias is null ? segment.Initialized.Length : segment.Memory.Length;
            ulong offset = address - segment.Address;
            if (segment.IsLoaded && address >= segment.Address && offset < size)
            {
                int count = (int)Math.Min((ulong)destination.Length, size - offset);
                ulong place = bias is { } moved ? address + moved : segment.FileOffset + offset;
                return source.Read(place, destination[..count]);
            }
        }

        return 0;
    }
}
