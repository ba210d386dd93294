using System.Collections.Generic;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Targets;

/// <summary>An executable or library as it is in a target's memory.</summary>
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

    /// <summary>From the first mapping to the last; what is between belongs to it.</summary>
    public AddressRange Range => new(Regions[0].Range.Start, Regions[^1].Range.End);

    /// <summary>The first mapping that is the file's own: what is before it was replaced by a copy.</summary>
    public MemoryRegion FirstOfFile
    {
        get
        {
            foreach (MemoryRegion region in Regions)
            {
                if (region.File == File)
                {
                    return region;
                }
            }

            return Regions[0];
        }
    }

    /// <summary>
    /// Whether the file's data is mapped to be written to. A program that has replaced its code by a copy still has it; a debugger maps files to read them.
    /// </summary>
    public bool HasOwnData
    {
        get
        {
            foreach (MemoryRegion region in Regions)
            {
                if (region.File == File && region.IsWritable)
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>Whether a region of this module is memory of another kind in the place of the file's: a copy of its code on huge pages.</summary>
    public bool IsReplaced(MemoryRegion region) => region.File != File;

    /// <summary>Finds the modules of a memory map, by ascending address.</summary>
    public static List<Module> FindAll(MemoryMap map) => ModuleFinder.Find(map.Regions);
}
