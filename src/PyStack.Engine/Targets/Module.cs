using System.Collections.Generic;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Targets;

/// <summary>An executable or library as it lies in a target's memory.</summary>
/// <param name="Path">In the target's own root.</param>
/// <param name="Regions">Its mappings by ascending address, the anonymous end of its data (<c>.bss</c>) included.</param>
internal sealed record Module(string Path, FileKey File, bool IsDeleted, IReadOnlyList<MemoryRegion> Regions)
{
    /// <summary>Where the file's first byte, its ELF header, is mapped.</summary>
    public ulong BaseAddress => Regions[0].Range.Start;

    /// <summary>The last part of the path.</summary>
    public string FileName => Path[(Path.LastIndexOf('/') + 1)..];

    /// <summary>Whether anything of it can run: a debugger or an indexer maps the files of others as data.</summary>
    public bool HasCode
    {
        get
        {
            foreach (MemoryRegion region in Regions)
            {
                if ((region.Access & RegionAccess.Execute) != 0)
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>From the first mapping to the last; what lies between belongs to it.</summary>
    public AddressRange Range => new(Regions[0].Range.Start, Regions[^1].Range.End);

    /// <summary>Finds the modules of a memory map, by ascending address.</summary>
    public static List<Module> FindAll(MemoryMap map)
    {
        List<Module> modules = [];
        List<MemoryRegion> current = [];
        foreach (MemoryRegion region in map.Regions)
        {
            if (current.Count > 0 && Belongs(current, region))
            {
                current.Add(region);
                continue;
            }

            Close(current, modules);
            current = region.File.IsFile && region.FileOffset == 0 ? [region] : [];
        }

        Close(current, modules);
        return modules;
    }

    private static bool Belongs(List<MemoryRegion> current, MemoryRegion region)
    {
        MemoryRegion last = current[^1];
        if (region.File.IsFile)
        {
            // A second mapping of offset 0 is a second copy of the module, unless it only splits the first page's rights.
            return region.File == current[0].File && (region.FileOffset > 0 || region.Range.Start == last.Range.End);
        }

        // Without address space randomisation the heap follows the program's .bss, and the kernel calls both [heap].
        return (region.IsAnonymous || region.Path == "[heap]") && last.IsWritable && region.Range.Start == last.Range.End;
    }

    private static void Close(List<MemoryRegion> regions, List<Module> modules)
    {
        if (regions.Count > 0)
        {
            MemoryRegion first = regions[0];
            modules.Add(new Module(first.Path, first.File, first.IsDeleted, regions));
        }
    }
}
