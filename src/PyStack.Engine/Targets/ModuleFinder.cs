using System;
using System.Collections.Generic;

namespace PyStack.Engine.Targets;

/// <summary>Puts the mappings of a target together to modules.</summary>
/// <remarks>
/// A program can replace its code, or more of what it only reads, by a copy on huge pages (BOLT's hugify, Intel's iodlr, Chromium, Node.js): anonymous
/// memory, a memfd, <c>/anon_hugepage</c>. What is between two mappings of one file, or right before the first that is left of it, belongs to the module all the same.
/// </remarks>
internal static class ModuleFinder
{
    /// <summary>More pieces than copies are made of.</summary>
    private const int MaxReplaced = 64;

    /// <summary>Between two segments is at most a page of the largest size that linkers reckon with: 2 MB (ld's max-page-size of x86-64 before 2.31).</summary>
    private const ulong MaxGap = 2 << 20;

    public static List<Module> Find(IReadOnlyList<MemoryRegion> regions)
    {
        List<Module> modules = [];
        List<MemoryRegion> current = [];
        MemoryRegion? file = null;
        for (int i = 0; i < regions.Count; i++)
        {
            MemoryRegion region = regions[i];
            if (file is not null && Belongs(current, file, region))
            {
                current.Add(region);
                continue;
            }

            if (file is not null && CountReplaced(regions, i, file, current[^1]) is > 0 and int count)
            {
                for (int end = i + count; i < end; i++)
                {
                    current.Add(regions[i]);
                }

                i--;
                continue;
            }

            Close(current, file, modules);
            current = [];
            file = null;
            if (region.File.IsFile)
            {
                int first = region.FileOffset == 0 ? i : FindCopyBefore(regions, i);
                file = first >= 0 ? region : null;
                for (int at = first; at >= 0 && at <= i; at++)
                {
                    current.Add(regions[at]);
                }
            }
        }

        Close(current, file, modules);
        return modules;
    }

    private static bool Belongs(List<MemoryRegion> current, MemoryRegion file, MemoryRegion region)
    {
        MemoryRegion last = current[^1];
        if (region.File.IsFile)
        {
            // A second mapping of offset 0 is a second copy of the module, unless it only splits the first page's rights.
            return region.File == file.File && (region.FileOffset > 0 || region.Range.Start == last.Range.End);
        }

        // The file's data goes on as .bss. Without address space randomisation the heap follows it, and the kernel calls both [heap].
        return (region.IsAnonymous || region.Path == "[heap]")
            && last.IsWritable
            && (region.IsWritable || !IsExecutable(region))
            && region.Range.Start == last.Range.End;
    }

    // How many regions are in the place of a part of the file, which goes on after them.
    private static int CountReplaced(IReadOnlyList<MemoryRegion> regions, int first, MemoryRegion file, MemoryRegion last)
    {
        int next = first;
        ulong end = last.Range.End;
        while (next < regions.Count && next - first < MaxReplaced && MayReplace(regions[next], file) && IsNear(end, regions[next]))
        {
            end = regions[next++].Range.End;
        }

        return next < regions.Count && regions[next].File == file.File && regions[next].FileOffset > 0 && IsNear(end, regions[next]) ? next - first : 0;
    }

    // Where the copy begins that is directly before the first remaining mapping of a file; -1 if there is none.
    private static int FindCopyBefore(IReadOnlyList<MemoryRegion> regions, int region)
    {
        bool hasCode = false;
        int first = region;
        while (first > 0
            && region - first < MaxReplaced
            && MayReplace(regions[first - 1], regions[region])
            && (!regions[first - 1].IsWritable || IsExecutable(regions[first - 1]))
            && IsNear(regions[first - 1].Range.End, regions[first]))
        {
            hasCode |= IsExecutable(regions[--first]);
        }

        return hasCode ? first : -1;
    }

    private static bool IsNear(ulong end, MemoryRegion next) => next.Range.Start - end <= MaxGap;

    private static bool IsExecutable(MemoryRegion region) => (region.Access & RegionAccess.Execute) != 0;

    // Anonymous memory, named by prctl(PR_SET_VMA_ANON_NAME) or not; and files that have no name: memfds, /anon_hugepage, those of libhugetlbfs.
    private static bool MayReplace(MemoryRegion region, MemoryRegion file)
        => region.File != file.File
            && (region.File.IsFile ? region.IsDeleted : region.Path.Length == 0 || region.Path.StartsWith("[anon", StringComparison.Ordinal));

    private static void Close(List<MemoryRegion> regions, MemoryRegion? file, List<Module> modules)
    {
        if (file is null)
        {
            return;
        }

        Module module = new(file.Path, file.File, file.IsDeleted, regions);
        if (!module.IsReplaced(regions[0]) || module.HasOwnData)
        {
            modules.Add(module);
        }
    }
}
