using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using PyStack.Engine.Elf;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using PyStack.Engine.Targets;
using PyStack.Engine.Targets.Core;

namespace PyStack.Engine.Saving;

/// <summary>The memory that leads a debugger to the programs and libraries of a process: headers with their build-ids, the dynamic loader's list, the kernel's own library.</summary>
internal static class ModuleMemory
{
    private const int MostModules = 16_384;
    private const int MostEntries = 256;
    private const int LongestPath = 4096;

    // elf.h: PT_PHDR, DT_DEBUG
    private const uint OwnHeaders = 6;
    private const ulong DebugEntry = 21;

    // link.h: struct r_debug has r_version, r_map, r_brk, r_state and r_ldbase; struct link_map l_addr, l_name, l_ld, l_next and l_prev, each 8 bytes.
    private const int DebugBytes = 40;
    private const int MapBytes = 40;

    /// <summary>Reads it, so that it is noted.</summary>
    /// <param name="notes">Of the core.</param>
    /// <param name="hasCode">Whether code that is in no file any more is needed as well.</param>
    public static void Read(ITarget process, CoreNotes notes, RecordedMemory memory, bool hasCode, Limits limits)
    {
        foreach (Module module in process.Modules)
        {
            if (module.HasCode && ElfImage.TryFromMemory(memory, module.BaseAddress, limits, out ElfImage? image, out _))
            {
                _ = image.TryGetBuildId(out _);
            }

            foreach (MemoryRegion region in hasCode && module.HasCode && module.IsDeleted ? module.Regions : [])
            {
                if (!region.IsWritable && region.IsReadable)
                {
                    memory.ReadAll(region.Range);
                }
            }
        }

        foreach (MemoryRegion region in process.Map.Regions)
        {
            if (hasCode && region.Path == MemoryRegion.KernelCode)
            {
                memory.ReadAll(region.Range);
            }
        }

        ReadLoaderList(notes, memory);
    }

    private static void ReadLoaderList(CoreNotes notes, IMemorySource memory)
    {
        ProgramHeader[] own = new ProgramHeader[(int)Math.Min(notes.ProgramHeaderCount, MostEntries)];
        if (!memory.TryRead(notes.ProgramHeaders, MemoryMarshal.AsBytes(own.AsSpan())))
        {
            return;
        }

        ulong bias = 0;
        ulong dynamic = 0;
        foreach (ProgramHeader segment in own)
        {
            bias = (uint)segment.Type == OwnHeaders ? unchecked(notes.ProgramHeaders - segment.Address) : bias;
            dynamic = segment.Type == SegmentType.Dynamic ? segment.Address : dynamic;
        }

        // All of the section: gdb reads it whole.
        ulong debug = 0;
        ulong entry = unchecked(dynamic + bias);
        for (int i = 0; dynamic != 0 && i < MostEntries && memory.TryReadPointer(entry, out ulong tag) && memory.TryReadPointer(entry + 8, out ulong value) && tag != 0; i++, entry += 16)
        {
            debug = tag == DebugEntry ? value : debug;
        }

        Span<ulong> words = stackalloc ulong[DebugBytes / sizeof(ulong)];
        if (debug != 0 && memory.TryRead(debug, MemoryMarshal.AsBytes(words)))
        {
            ReadMaps(words[1], memory);
        }
    }

    private static void ReadMaps(ulong map, IMemorySource memory)
    {
        Span<ulong> words = stackalloc ulong[MapBytes / sizeof(ulong)];
        HashSet<ulong> seen = new(AddressHash.Comparer);
        while (map != 0 && seen.Add(map) && seen.Count <= MostModules && memory.TryRead(map, MemoryMarshal.AsBytes(words)))
        {
            ulong name = words[1];
            for (int i = 0; name != 0 && i < LongestPath && memory.TryRead(unchecked(name + (ulong)i), out byte character) && character != 0; i++)
            {
            }

            map = words[3];
        }
    }
}
