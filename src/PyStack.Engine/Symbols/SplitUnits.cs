using System;
using System.Collections.Generic;
using PyStack.Engine.Dwarf;
using PyStack.Engine.Dwarf.Info;
using PyStack.Engine.Native;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Symbols;

/// <summary>
/// The split debug information of one binary (<c>-gsplit-dwarf</c>): a package beside it (<c>.dwp</c>), else a file for each unit (<c>.dwo</c>), where the compiler wrote it or beside the binary. Files
/// are opened when a stack first has a frame in a unit, and stay open. Not safe for several threads at once.
/// </summary>
/// <param name="paths">Of the binary and of its debug file, in the target's root.</param>
internal sealed class SplitUnits(string[] paths, Limits limits, BinaryBudget budget) : IDisposable
{
    /// <summary>Files of one binary that are open at the same time.</summary>
    private const int MaxFiles = 256;

    private readonly Dictionary<string, (MappedFile File, DwarfSections Sections)?> _files = new(StringComparer.Ordinal);

    /// <summary>Whether its files can still be read.</summary>
    public bool IsReadable
    {
        get
        {
            foreach ((MappedFile File, DwarfSections)? file in _files.Values)
            {
                if (file?.File.Trouble is not null)
                {
                    return false;
                }
            }

            return true;
        }
    }

    /// <summary>The split unit of a skeleton; null if it is not found.</summary>
    public DebugUnit? Find(DebugUnit skeleton, DebugFiles files)
    {
        if (skeleton.SplitName is not { Length: > 0 } name || skeleton.SplitId is not ulong id)
        {
            return null;
        }

        foreach (string path in paths)
        {
            if (Open(path + ".dwp", files) is DwarfSections package && SplitPlace.TryFind(package, id, out SplitPlace place) && DebugUnit.ReadSplit(package, place, skeleton) is DebugUnit packed)
            {
                return packed;
            }
        }

        string compiled = name.StartsWith('/') || skeleton.CompilationFolder is not { Length: > 0 } folder ? name : $"{folder.TrimEnd('/')}/{name}";
        if (OfFile(compiled, skeleton, files) is DebugUnit own)
        {
            return own;
        }

        foreach (string path in paths)
        {
            string beside = path[..(path.LastIndexOf('/') + 1)] + name[(name.LastIndexOf('/') + 1)..];
            if (beside != compiled && OfFile(beside, skeleton, files) is DebugUnit copied)
            {
                return copied;
            }
        }

        files.Log.Verbose($"The split debug information of {paths[0]} for {compiled} is not found, neither there nor beside it, nor in {paths[0]}.dwp: its functions have no lines and no inlined calls.");
        return null;
    }

    public void Dispose()
    {
        foreach ((MappedFile File, DwarfSections Sections)? file in _files.Values)
        {
            file?.Sections.Dispose();
            file?.File.Dispose();
        }

        _files.Clear();
    }

    private DebugUnit? OfFile(string path, DebugUnit skeleton, DebugFiles files)
        => path.StartsWith('/') && Open(path, files) is DwarfSections sections ? DebugUnit.ReadSplit(sections, default, skeleton) : null;

    private DwarfSections? Open(string path, DebugFiles files)
    {
        if (_files.TryGetValue(path, out (MappedFile File, DwarfSections Sections)? known))
        {
            return known?.Sections;
        }

        if (_files.Count >= MaxFiles)
        {
            return null;
        }

        known = files.TryOpenSplit(path, out MappedFile? file, out Elf.ElfSections? sections) ? (file, new DwarfSections(sections, file, limits, budget, isSplit: true)) : null;
        if (known is not null)
        {
            known.Value.File.Budget = budget;
        }

        _files.Add(path, known);
        return known?.Sections;
    }
}
