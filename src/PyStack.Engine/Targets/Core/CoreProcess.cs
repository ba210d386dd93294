using System;
using System.Collections.Generic;
using System.Threading;
using PyStack.Engine.Elf;
using PyStack.Engine.Memory;
using PyStack.Engine.Native;
using PyStack.Engine.Primitives;
using PyStack.Engine.Processors;
using PyStack.Engine.Targets.Saved;

namespace PyStack.Engine.Targets.Core;

/// <summary>A process as its core has it.</summary>
internal sealed class CoreProcess : ITarget
{
    private readonly CoreFile _core;
    private readonly CoreFiles _files;

    private CoreProcess(CoreFile core, CoreFiles files, IMemorySource memory, MemoryMap map)
    {
        _core = core;
        Processor = ProcessorCatalogue.Of(core.Machine);
        Threads = new CoreThreadReader(Processor, core.Notes, memory);
        _files = files;
        Memory = memory;
        Map = map;
        Modules = Module.FindAll(map);
        WrittenAt = Saved?.Process.CapturedAt ?? core.WrittenAt;
        foreach (Module module in Modules)
        {
            Executable ??= module.Path == files.ProgramPath ? module : null;
        }
    }

    public int ProcessId => _core.Notes.Process?.ProcessId ?? _core.Notes.Threads[0].ThreadId;

    /// <summary>A core has all threads of the process.</summary>
    public bool HasMainThread => true;

    public string? Name => _core.Notes.Process is { Name.Length: > 0 } process ? process.Name : null;

    public Processor Processor { get; }

    public ulong CodeMask => _core.Notes.AuthenticationBits is ulong codes ? CodePointers.MaskOf(Processor, codes) : CodePointers.MaskOf(Processor, Map);

    public IThreadReader Threads { get; }

    public IMemorySource Memory { get; }

    public MemoryMap Map { get; }

    public IReadOnlyList<Module> Modules { get; }

    public Module? Executable { get; }

    /// <summary>What the core contains apart from memory.</summary>
    public CoreNotes Notes => _core.Notes;

    /// <summary>How much of the core is there.</summary>
    public CoreExtent Extent => _core.Extent;

    /// <summary>When the core was written.</summary>
    public DateTime WrittenAt { get; }

    /// <inheritdoc/>
    public SavedFacts? Saved => _core.Notes.Saved;

    DateTime? ITarget.FrozenAt => WrittenAt;

    /// <summary>Opens a core and finds the files that it leaves out as far as this machine has them.</summary>
    /// <exception cref="EngineException">There is no such file, or it is no core.</exception>
    public static CoreProcess Open(string path, CoreSearch search, Limits limits, IEngineLog log, CancellationToken cancellation)
    {
        path = LossyPath.Resolve(path);
        search = CoreExecutable.Resolve(search, log);
        CoreFile core = CoreFile.Open(path, new CoreUnpacking(log, limits), limits, cancellation);
        try
        {
            CoreSegments segments = new(core);
            if (core.Notes.Mappings.Count == 0)
            {
                core.Notes.Mappings.AddRange(new CoreLinkMap(ProcessorCatalogue.Of(core.Machine), core.Notes, segments, search, log).Find());
            }

            CoreFiles files = new(core, segments, ProgramPath(core), search, limits, log, cancellation);
            return new CoreProcess(core, files, new CoreMemory(segments, files), MakeMap(core));
        }
        catch
        {
            core.Dispose();
            throw;
        }
    }

    /// <summary>The core file.</summary>
    public string Path => _core.Path;

    /// <summary>The files that belong to it.</summary>
    public CoreFiles Files => _files;

    /// <summary>Whether the program's own file is missing here, without which the core's program may be unknown.</summary>
    public bool LacksProgram => _files.ProgramPath is not string program || _files.Get(program) is null;

    public IThreadDirectory ListThreads() => new CoreThreads(Notes);

    // The session's cache of binaries keeps this file open longer than the core, so it is opened each time.
    public bool TryOpen(Module module, out MappedFile file)
    {
        file = null!;
        if (_files.PlaceOf(module.Path) is string place && MappedFile.TryOpen(CoreFiles.PlaceOf(place, null), out MappedFile? opened, out _))
        {
            file = opened;
            return true;
        }

        return false;
    }

    public bool TryOpenFile(string path, out MappedFile file)
    {
        foreach (string place in _files.Places(path))
        {
            if (MappedFile.TryOpen(CoreFiles.PlaceOf(place, _files.Rights), out MappedFile? opened, out _))
            {
                file = opened;
                return true;
            }
        }

        file = null!;
        return false;
    }

    public bool TryReadSource(string path, long mostBytes, SourceFile? known, out SourceFile source, out string problem)
    {
        source = null!;
        problem = "is a relative path, and a core does not record the working directory of its process";
        if (!path.StartsWith('/'))
        {
            return false;
        }

        foreach (string place in _files.Places(path))
        {
            if (SourceFile.TryRead(CoreFiles.PlaceOf(place, _files.Rights), mostBytes, WrittenAt, known, out source, out problem))
            {
                return true;
            }
        }

        return false;
    }

    public void Dispose()
    {
        _files.Dispose();
        _core.Dispose();
    }

    // The program is the file that contains the entry point.
    private static string? ProgramPath(CoreFile core)
    {
        foreach (CoreFileMapping mapping in core.Notes.Mappings)
        {
            if (core.Notes.Entry != 0 && mapping.Range.Contains(core.Notes.Entry))
            {
                return mapping.Path;
            }
        }

        return null;
    }

    // A region for each segment, with the file that was mapped there; and one for each mapping without a segment, whose bytes are in its file.
    private static MemoryMap MakeMap(CoreFile core)
    {
        Dictionary<string, FileKey> keys = new(StringComparer.Ordinal);
        List<MemoryRegion> regions = [];
        List<CoreFileMapping> mappings = [.. core.Notes.Mappings];
        mappings.Sort((left, right) => left.Range.Start.CompareTo(right.Range.Start));
        int next = 0;
        foreach (ref readonly ProgramHeader segment in core.Segments.AsSpan())
        {
            while (next < mappings.Count && mappings[next].Range.End <= segment.Address)
            {
                AddMapping(mappings[next++]);
            }

            if (next < mappings.Count && mappings[next].Range.Start <= segment.Address && mappings[next].Range.End >= segment.Memory.End)
            {
                CoreFileMapping mapping = mappings[next];
                regions.Add(new MemoryRegion(
                    segment.Memory, Access(segment), mapping.Offset + (segment.Address - mapping.Range.Start), KeyOf(mapping.Path), mapping.Path, IsDeleted: false));
                next += mapping.Range.End == segment.Memory.End ? 1 : 0;
                continue;
            }

            bool isKernels = core.Notes.VirtualLibrary != 0 && segment.Memory.Contains(core.Notes.VirtualLibrary);
            regions.Add(new MemoryRegion(segment.Memory, Access(segment), 0, default, isKernels ? MemoryRegion.KernelCode : "", IsDeleted: false));
        }

        while (next < mappings.Count)
        {
            AddMapping(mappings[next++]);
        }

        return new MemoryMap(regions);

        // What gcore leaves out is code and constants: the file's own segments would show which of them.
        void AddMapping(CoreFileMapping mapping)
            => regions.Add(new MemoryRegion(mapping.Range, RegionAccess.Read | RegionAccess.Execute, mapping.Offset, KeyOf(mapping.Path), mapping.Path, IsDeleted: false));

        FileKey KeyOf(string path)
        {
            if (!keys.TryGetValue(path, out FileKey key))
            {
                // No device has these numbers: a core's files cannot be confused with those of a running process.
                key = new FileKey(uint.MaxValue, uint.MaxValue, (ulong)keys.Count + 1);
                keys.Add(path, key);
            }

            return key;
        }
    }

    private static RegionAccess Access(in ProgramHeader segment)
        => ((segment.Flags & SegmentAccess.Read) != 0 ? RegionAccess.Read : 0)
            | ((segment.Flags & SegmentAccess.Write) != 0 ? RegionAccess.Write : 0)
            | ((segment.Flags & SegmentAccess.Execute) != 0 ? RegionAccess.Execute : 0);
}
