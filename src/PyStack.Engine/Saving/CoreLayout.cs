using System;
using System.Collections.Generic;
using System.IO;
using System.Runtime.InteropServices;
using System.Threading;
using PyStack.Engine.Elf;
using PyStack.Engine.Targets;

namespace PyStack.Engine.Saving;

/// <summary>
/// A core as bytes: ELF header, program headers, notes, memory. Each run of memory is a segment, which goes on without bytes as far as nothing of its mapping was needed; a mapping of a file
/// has segments for all of it, so that readers know its access, and memory without a file only for what is there.
/// </summary>
internal static class CoreLayout
{
    private const ulong PageSize = RecordedMemory.PageSize;
    private const uint Magic = 0x464c_457f;

    /// <summary>Makes the segments of the memory.</summary>
    /// <param name="runs">By ascending address; none over the end of a page.</param>
    public static List<ProgramHeader> Segments(IReadOnlyList<MemoryRegion> regions, List<RecordedRun> runs)
    {
        List<ProgramHeader> segments = [];
        int next = 0;
        foreach (MemoryRegion region in regions)
        {
            SegmentAccess access = Access(region);
            while (next < runs.Count && runs[next].Address < region.Range.Start)
            {
                // Its mapping has gone since.
                AddRun(segments, runs, ref next, region.Range.Start, SegmentAccess.Read | SegmentAccess.Write);
            }

            bool hasFile = region.File.IsFile;
            ulong at = region.Range.Start;
            while (next < runs.Count && runs[next].Address < region.Range.End)
            {
                if (hasFile && runs[next].Address > at)
                {
                    AddGap(segments, region.Range.Start, at, runs[next].Address, access);
                }

                at = AddRun(segments, runs, ref next, region.Range.End, access);
            }

            if (hasFile && at < region.Range.End)
            {
                AddGap(segments, region.Range.Start, at, region.Range.End, access);
            }
        }

        while (next < runs.Count)
        {
            AddRun(segments, runs, ref next, ulong.MaxValue, SegmentAccess.Read | SegmentAccess.Write);
        }

        return segments;
    }

    /// <summary>Writes the core.</summary>
    /// <returns>How many bytes.</returns>
    public static long Write(Stream output, ElfMachine machine, ReadOnlySpan<byte> notes, List<ProgramHeader> segments, List<RecordedRun> runs, CancellationToken cancellation)
    {
        // From 65,535 program headers on their number is in the first section header (ELF gABI, e_phnum; PN_XNUM in elf.h).
        int count = segments.Count + 1;
        bool isExtended = count >= ElfHeader.ExtendedSegmentCount;
        ulong notesAt = (ulong)(ElfHeader.Length + (count * ProgramHeader.Length) + (isExtended ? SectionHeader.Length : 0));
        ulong sectionsAt = isExtended ? notesAt - SectionHeader.Length : 0;
        ulong offset = (notesAt + (ulong)notes.Length + PageSize - 1) & ~(PageSize - 1);
        ElfHeader header = new(
            Magic, Class: 2, Encoding: 1, IdentVersion: 1, OsAbi: 0, IdentRest: 0, ElfType.Core, machine, Version: 1, Entry: 0, ElfHeader.Length, sectionsAt, Flags: 0, ElfHeader.Length,
            ProgramHeader.Length, isExtended ? ElfHeader.ExtendedSegmentCount : (ushort)count, isExtended ? (ushort)SectionHeader.Length : (ushort)0, isExtended ? (ushort)1 : (ushort)0, 0);
        Put(output, header);
        Put(output, new ProgramHeader(SegmentType.Note, SegmentAccess.None, notesAt, 0, 0, (ulong)notes.Length, 0, 4));
        foreach (ProgramHeader segment in segments)
        {
            Put(output, segment with { FileOffset = offset });
            offset += segment.FileSize;
        }

        if (isExtended)
        {
            Put(output, default(SectionHeader) with { Info = (uint)count });
        }

        output.Write(notes);
        output.Write(new byte[(int)((PageSize - ((notesAt + (ulong)notes.Length) % PageSize)) % PageSize)]);
        foreach (RecordedRun run in runs)
        {
            cancellation.ThrowIfCancellationRequested();
            output.Write(run.Bytes.Span);
        }

        return (long)offset;
    }

    // What is there without a gap; returns its end.
    private static ulong AddRun(List<ProgramHeader> segments, List<RecordedRun> runs, ref int next, ulong limit, SegmentAccess access)
    {
        ulong start = runs[next].Address;
        ulong end = start;
        while (next < runs.Count && runs[next].Address == end && end < limit)
        {
            end = runs[next++].End;
        }

        segments.Add(new ProgramHeader(SegmentType.Load, access, 0, start, 0, end - start, end - start, (ulong)RecordedMemory.BlockSize));
        return end;
    }

    // What follows memory that is needed goes on in its segment, without bytes.
    private static void AddGap(List<ProgramHeader> segments, ulong regionStart, ulong start, ulong end, SegmentAccess access)
    {
        if (start > regionStart && segments[^1] is var last)
        {
            segments[^1] = last with { MemorySize = end - last.Address };
        }
        else
        {
            segments.Add(new ProgramHeader(SegmentType.Load, access, 0, start, 0, 0, end - start, (ulong)RecordedMemory.BlockSize));
        }
    }

    private static SegmentAccess Access(MemoryRegion region)
        => ((region.Access & RegionAccess.Read) != 0 ? SegmentAccess.Read : 0)
            | ((region.Access & RegionAccess.Write) != 0 ? SegmentAccess.Write : 0)
            | ((region.Access & RegionAccess.Execute) != 0 ? SegmentAccess.Execute : 0);

    private static void Put<T>(Stream output, in T value)
        where T : struct
        => output.Write(MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)));
}
