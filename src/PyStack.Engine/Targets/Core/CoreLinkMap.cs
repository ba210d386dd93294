using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using PyStack.Engine.Elf;
using PyStack.Engine.Memory;
using PyStack.Engine.Native;
using PyStack.Engine.Primitives;
using PyStack.Engine.Processors;

namespace PyStack.Engine.Targets.Core;

/// <summary>
/// The files that a process had mapped, of a core that has no <c>NT_FILE</c>: from the dynamic loader's own list in memory (<c>r_debug</c> and <c>link_map</c>, link.h). The segments
/// of a file come from its header in the core, or from the file itself.
/// </summary>
internal sealed class CoreLinkMap(Processor processor, CoreNotes notes, IMemorySource memory, CoreSearch search, IEngineLog log)
{
    private const int MostModules = 16_384;
    private const int MostSegments = 256;
    private const int LongestPath = 4096;

    // elf.h: PT_PHDR, DT_DEBUG
    private const uint OwnHeaders = 6;
    private const ulong DebugEntry = 21;

    // link.h: r_debug.r_map; link_map.l_addr, l_name, l_next
    private const ulong MapOffset = 8;
    private const ulong NameOffset = 8;
    private const ulong NextOffset = 24;

    private readonly ulong _page = notes.PageSize is 0 ? (ulong)processor.SmallestPage : notes.PageSize;
    private readonly List<CoreFileMapping> _mappings = [];
    private readonly HashSet<string> _paths = new(StringComparer.Ordinal);

    /// <summary>The mappings, as far as the loader's list leads.</summary>
    public List<CoreFileMapping> Find()
    {
        if (notes.ProgramHeaders == 0)
        {
            log.Verbose("The core names neither the mapped files nor the program: the interpreter is searched for in its memory alone.");
            return _mappings;
        }

        string? program = Program();
        ProgramHeader[] own = Headers(memory, notes.ProgramHeaders, notes.ProgramHeaderCount);
        if (own.Length == 0 && program is not null && MappedFile.TryOpen(program, out MappedFile? file, out _))
        {
            using (file)
            {
                own = HeadersOf(file, 0);
            }
        }

        (ulong bias, ulong dynamic) = Place(own);
        Add(program ?? "", own, bias);
        if (dynamic != 0)
        {
            FollowDebugEntry(unchecked(dynamic + bias));
        }

        log.Verbose($"The core does not name the mapped files: the dynamic loader's list has {_mappings.Count} mappings.");
        return _mappings;
    }

    private (ulong Bias, ulong Dynamic) Place(ProgramHeader[] own)
    {
        ulong? bias = null;
        ulong? first = null;
        ulong dynamic = 0;
        foreach (ProgramHeader segment in own)
        {
            bias = (uint)segment.Type == OwnHeaders ? unchecked(notes.ProgramHeaders - segment.Address) : bias;
            first ??= segment.IsLoaded ? segment.Address : null;
            dynamic = segment.Type == SegmentType.Dynamic ? segment.Address : dynamic;
        }

        // A program without PT_PHDR has its headers on its first page.
        return (bias ?? (first is ulong start ? unchecked((notes.ProgramHeaders & ~(_page - 1)) - (start & ~(_page - 1))) : 0), dynamic);
    }

    private void FollowDebugEntry(ulong dynamic)
    {
        for (int i = 0; i < MostSegments && memory.TryReadPointer(dynamic, out ulong tag) && tag != 0; i++, dynamic += 16)
        {
            if (tag == DebugEntry && memory.TryReadPointer(dynamic + 8, out ulong debug) && debug != 0)
            {
                Follow(debug);
            }
        }
    }

    private void Follow(ulong debug)
    {
        if (!memory.TryReadPointer(unchecked(debug + MapOffset), out ulong entry))
        {
            return;
        }

        HashSet<ulong> seen = new(AddressHash.Comparer);
        for (; entry != 0 && seen.Add(entry) && seen.Count < MostModules; entry = memory.TryReadPointer(unchecked(entry + NextOffset), out ulong next) ? next : 0)
        {
            AddModule(entry);
        }
    }

    private void AddModule(ulong entry)
    {
        // The program itself has no name here, and the kernel's library none that begins with a slash.
        if (!memory.TryReadPointer(entry, out ulong bias)
            || !memory.TryReadPointer(unchecked(entry + NameOffset), out ulong name)
            || Text(name) is not ['/', ..] path
            || _paths.Contains(path))
        {
            return;
        }

        ProgramHeader[] segments = HeadersOf(memory, bias);
        if (segments.Length == 0)
        {
            foreach (string place in new CorePlaces(search, programPath: null).Of(path))
            {
                if (MappedFile.TryOpen(place, out MappedFile? file, out _))
                {
                    using (file)
                    {
                        segments = HeadersOf(file, 0);
                    }

                    break;
                }
            }
        }

        Add(path, segments, bias);
    }

    private void Add(string path, ProgramHeader[] segments, ulong bias)
    {
        foreach (ProgramHeader segment in segments)
        {
            ulong start = unchecked(segment.Address + bias) & ~(_page - 1);
            ulong end = unchecked(segment.Address + bias + segment.FileSize + _page - 1) & ~(_page - 1);
            if (path.Length > 0 && segment.IsLoaded && segment.FileSize > 0 && start < end)
            {
                _paths.Add(path);
                _mappings.Add(new CoreFileMapping(new AddressRange(start, end), segment.FileOffset & ~(_page - 1), path));
            }
        }
    }

    private string? Program()
    {
        string? path = search.Executable ?? Text(notes.ProgramName);
        return path is ['/', ..] ? path : null;
    }

    private static ProgramHeader[] HeadersOf(IMemorySource source, ulong address)
        => ElfHeader.TryRead(source, address, out ElfHeader header, out _) && header.SegmentSize == ProgramHeader.Length
            ? Headers(source, unchecked(address + header.SegmentsOffset), header.SegmentCount)
            : [];

    private static ProgramHeader[] Headers(IMemorySource source, ulong address, ulong count)
    {
        ProgramHeader[] segments = new ProgramHeader[(int)Math.Min(count, MostSegments)];
        return source.TryRead(address, MemoryMarshal.AsBytes(segments.AsSpan())) ? segments : [];
    }

    private string? Text(ulong address)
    {
        if (address == 0)
        {
            return null;
        }

        byte[] bytes = new byte[LongestPath];
        int count = memory.Read(address, bytes);
        int end = Array.IndexOf(bytes, (byte)0, 0, count);
        return end > 0 ? PathText.Decode(bytes.AsSpan(0, end)) : null;
    }
}
