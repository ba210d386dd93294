using System;
using System.Collections.Generic;
using PyStack.Engine.Native;
using PyStack.Engine.Primitives;
using PyStack.Engine.Targets.Live.Access;
using PyStack.Engine.Targets.Live.Procfs;

namespace PyStack.Engine.Targets.Live;

/// <summary>
/// The memory map of a process and its modules. It is read again as often as wanted; what has not changed since is kept, and where no code has come, gone or
/// moved, <see cref="Generation"/> is the same: all that was learnt of the modules still holds.
/// </summary>
internal sealed class ProcessMaps
{
    private byte[] _text = [];
    private int _length = -1;
    private byte[] _spare = [];

    public MemoryMap Map { get; private set; } = new([]);

    /// <summary>By ascending address. The same objects as long as the generation is the same.</summary>
    public IReadOnlyList<Module> Modules { get; private set; } = [];

    /// <summary>The program that was started, if it is among the modules.</summary>
    public Module? Executable { get; private set; }

    /// <summary>Counts the changes of the modules and of all other memory with code.</summary>
    public int Generation { get; private set; }

    /// <summary>The regions that show files, for <see cref="Memory.FileBackedPages"/>.</summary>
    public Memory.FileMapping[] FileMappings { get; private set; } = [];

    /// <summary>Bytes of the text that was read: what is made of it takes some times as much.</summary>
    public int TextLength => Math.Max(0, _length);

    /// <summary>Reads the map.</summary>
    /// <exception cref="EngineException">The process has ended, or we may not read it.</exception>
    public void Read(ProcessFacts facts, Limits limits)
    {
        switch (ProcFile.Read(facts.AccessFolder + "/maps", limits.MapsBytes, ref _spare, out int length))
        {
            case 0:
                break;
            case Errno.EACCES or Errno.EPERM:
                throw AccessDiagnosis.Explain(facts, AccessRefusal.Read);
            default:
                throw facts.Exited();
        }

        if (!_spare.AsSpan(0, length).SequenceEqual(_text.AsSpan(0, TextLength)) || _length < 0)
        {
            (_text, _spare, _length) = (_spare, _text, length);
            Parse(facts);
        }

        Executable = FindExecutable(facts, Modules);
    }

    private void Parse(ProcessFacts facts)
    {
        MemoryMap map = new(MapsParser.Parse(_text.AsSpan(0, _length), facts.AccessFolder));
        List<Module> modules = Module.FindAll(map);
        if (!AreEqual(modules, Modules) || !HaveEqualCode(map.Regions, Map.Regions))
        {
            Modules = modules;
            Generation++;
        }

        Map = map;
        List<Memory.FileMapping> mappings = [];
        foreach (MemoryRegion region in map.Regions)
        {
            if (region.File.IsFile)
            {
                mappings.Add(new Memory.FileMapping(region.Range, region.File.DeviceMajor, region.File.DeviceMinor));
            }
        }

        FileMappings = [.. mappings];
    }

    private static bool AreEqual(List<Module> left, IReadOnlyList<Module> right)
    {
        bool areEqual = left.Count == right.Count;
        for (int i = 0; areEqual && i < left.Count; i++)
        {
            Module one = left[i];
            Module other = right[i];
            areEqual = one.Path == other.Path && one.File == other.File && one.IsDeleted == other.IsDeleted && one.Regions.Count == other.Regions.Count;
            for (int region = 0; areEqual && region < one.Regions.Count; region++)
            {
                areEqual = one.Regions[region] == other.Regions[region];
            }
        }

        return areEqual;
    }

    // Code is not only that of modules: a JIT makes some.
    private static bool HaveEqualCode(IReadOnlyList<MemoryRegion> left, IReadOnlyList<MemoryRegion> right)
    {
        int at = 0;
        int other = 0;
        while (true)
        {
            MemoryRegion? one = NextCode(left, ref at);
            if (one != NextCode(right, ref other))
            {
                return false;
            }

            if (one is null)
            {
                return true;
            }
        }
    }

    private static MemoryRegion? NextCode(IReadOnlyList<MemoryRegion> regions, ref int at)
    {
        while (at < regions.Count)
        {
            MemoryRegion region = regions[at++];
            if ((region.Access & RegionAccess.Execute) != 0)
            {
                return region;
            }
        }

        return null;
    }

    private static Module? FindExecutable(ProcessFacts facts, IReadOnlyList<Module> modules)
    {
        string? path = ProcFile.ReadLink(facts.AccessFolder + "/exe") is string link ? MemoryRegion.WithoutDeletedMark(link) : null;
        foreach (Module module in modules)
        {
            if (module.Path == path)
            {
                return module;
            }
        }

        return null;
    }
}
