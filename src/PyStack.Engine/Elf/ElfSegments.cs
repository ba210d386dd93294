using System;
using System.Runtime.InteropServices;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Elf;

/// <summary>What can be said from an image's program headers alone.</summary>
internal static class ElfSegments
{
    /// <summary>Reads the program headers.</summary>
    /// <param name="source">The file or the process.</param>
    /// <param name="start">Where the ELF header is.</param>
    /// <param name="header">The ELF header.</param>
    /// <param name="count">How many there are: e_phnum or its substitute in section 0.</param>
    /// <param name="limits">Bounds the number.</param>
    /// <param name="segments">The headers; a file may have none.</param>
    /// <param name="problem">On failure why, as the end of a sentence about the file.</param>
    public static bool TryRead(
        IMemorySource source, ulong start, in ElfHeader header, uint count, Limits limits, out ProgramHeader[] segments, out string problem)
    {
        segments = [];
        problem = "";
        if (count == 0)
        {
            return true;
        }

        if (count > limits.ElfSegments)
        {
            problem = $"is an ELF file with too many segments ({count})";
            return false;
        }

        segments = new ProgramHeader[count];
        if (header.SegmentSize != ProgramHeader.Length
            || !source.TryRead(unchecked(start + header.SegmentsOffset), MemoryMarshal.AsBytes(segments.AsSpan())))
        {
            problem = "is an ELF file whose program headers cannot be read";
            return false;
        }

        return true;
    }

    /// <summary>From the start of the lowest loaded segment to the end of the highest; empty without loaded segments.</summary>
    public static AddressRange LoadedRange(ReadOnlySpan<ProgramHeader> segments)
    {
        AddressRange range = new(ulong.MaxValue, 0);
        foreach (ref readonly ProgramHeader segment in segments)
        {
            if (segment.IsLoaded)
            {
                range = new(Math.Min(range.Start, segment.Memory.Start), Math.Max(range.End, segment.Memory.End));
            }
        }

        return range.Start < range.End ? range : default;
    }

    /// <summary>
    /// Says how far a mapping is moved from the addresses the file was linked for (modulo 2^64). False if no loaded segment covers that
    /// part of the file.
    /// </summary>
    /// <param name="segments">The file's segments.</param>
    /// <param name="mappingStart">Where the mapping begins.</param>
    /// <param name="mappingOffset">Which byte of the file is mapped there.</param>
    /// <param name="pageSize">Of the machine that the process runs on.</param>
    /// <param name="bias">What to add to a linked address.</param>
    public static bool TryGetLoadBias(
        ReadOnlySpan<ProgramHeader> segments, ulong mappingStart, ulong mappingOffset, ulong pageSize, out ulong bias)
    {
        bias = 0;
        bool found = false;
        ulong nearest = pageSize;
        foreach (ref readonly ProgramHeader segment in segments)
        {
            if (!segment.IsLoaded)
            {
                continue;
            }

            // A segment's first mapping begins at the page that holds its first byte. That is a better match than a segment
            // that covers the offset somewhere in its middle: the last page of one segment and the first of the next may be the
            // same page of the file.
            ulong ahead = unchecked(segment.FileOffset - mappingOffset);
            bool starts = segment.FileOffset >= mappingOffset && ahead < nearest;
            bool covers = !found && mappingOffset >= segment.FileOffset && mappingOffset - segment.FileOffset < segment.FileSize;
            if (starts || covers)
            {
                bias = unchecked(mappingStart + ahead - segment.Address);
                nearest = starts ? ahead : nearest;
                found = true;
            }
        }

        return found;
    }
}
