using System;
using System.Collections.Generic;
using System.IO;
using System.Threading;
using PyStack.Engine.Memory;
using PyStack.Engine.Native;
using PyStack.Engine.Primitives;
using PyStack.Engine.Processors;
using PyStack.Engine.Targets.Live.Access;
using PyStack.Engine.Targets.Live.Files;
using PyStack.Engine.Targets.Live.Procfs;
using PyStack.Engine.Targets.Live.Stopping;

namespace PyStack.Engine.Targets.Live;

/// <summary>A running process.</summary>
internal sealed class LiveProcess : ITarget
{
    private readonly ProcessFacts _facts;
    private readonly TargetFiles _files;

    private LiveProcess(Processor processor, ProcessFacts facts, ProcessMemorySource memory, MemoryMap map)
    {
        Processor = processor;
        Threads = new LiveThreadReader(processor, facts);
        _facts = facts;
        Memory = memory;
        Map = map;
        Modules = Module.FindAll(map);
        Executable = FindExecutable(facts, Modules);
        _files = new TargetFiles(facts);
    }

    public int ProcessId => _facts.ProcessId;

    public bool HasMainThread => _facts.AccessId == _facts.ProcessId;

    public string? Name => _facts.Name;

    /// <summary>The memory as a source that can be read in pieces.</summary>
    public ProcessMemorySource Memory { get; }

    IMemorySource ITarget.Memory => Memory;

    /// <summary>The processor that it runs on, as we do.</summary>
    public Processor Processor { get; }

    public DateTime? FrozenAt => null;

    public IThreadReader Threads { get; }

    public MemoryMap Map { get; private set; }

    public IReadOnlyList<Module> Modules { get; private set; }

    public Module? Executable { get; private set; }

    /// <summary>What the kernel reports about the process.</summary>
    public ProcessFacts Facts => _facts;

    /// <summary>Opens a process without changing its state.</summary>
    /// <exception cref="EngineException">There is none, it has ended, or we may not read it.</exception>
    public static LiveProcess Open(int processId, Processor processor, Limits limits)
    {
        ProcessFacts facts = ProcessFacts.ReadLeader(processId);
        if (facts.IsEnded)
        {
            throw AccessDiagnosis.Explain(facts, AccessRefusal.None);
        }

        MemoryMap map = new(MapsParser.Parse(ReadMaps(facts, limits), facts.AccessFolder));
        ProcessMemorySource memory = new(facts.AccessId) { FileBacked = new FileBackedPages(facts.AccessId) };
        memory.FileBacked.Update(FileMappings(map));
        ProbeAccess(facts, memory, map);
        return new LiveProcess(processor, facts, memory, map);
    }

    /// <summary>Reads the memory map again: threads and libraries come and go.</summary>
    /// <exception cref="EngineException">The process has ended.</exception>
    public void RefreshMap(Limits limits)
    {
        Map = new MemoryMap(MapsParser.Parse(ReadMaps(_facts, limits), _facts.AccessFolder));
        Memory.FileBacked!.Update(FileMappings(Map));
        Modules = Module.FindAll(Map);
        Executable = FindExecutable(_facts, Modules);
    }

    public IThreadDirectory ListThreads() => new ThreadDirectory(ProcessId, HasMainThread);

    public bool TryOpen(Module module, out MappedFile file) => _files.TryOpenModule(module, Memory, out file);

    public bool TryOpenFile(string path, out MappedFile file) => _files.TryOpenFile(path, out file);

    public bool TryReadSource(string path, long mostBytes, out SourceFile source, out string problem)
        => _files.TryReadSource(path, mostBytes, out source, out problem);

    /// <summary>Stops the process, does a piece of work, and resumes it.</summary>
    /// <param name="readsRegisters">Whether the work needs the threads' registers.</param>
    /// <exception cref="EngineException">The process cannot be stopped, or did not answer; it runs.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the target runs.</exception>
    /// <param name="only">The threads to stop; null for all.</param>
    public PauseReport RunStopped(IPauseWork work, bool readsRegisters, CancellationToken cancellation, int[]? only = null)
        => PauseRunner.Run(_facts, readsRegisters ? Processor.Registers : null, work, cancellation, only: only);

    public void Dispose()
    {
        _files.Dispose();
        Memory.FileBacked?.Dispose();
    }

    private static byte[] ReadMaps(ProcessFacts facts, Limits limits)
    {
        try
        {
            return ProcFile.Read(facts.AccessFolder + "/maps", limits.MapsBytes);
        }
        catch (UnauthorizedAccessException)
        {
            throw AccessDiagnosis.Explain(facts, AccessRefusal.Read);
        }
        catch (IOException e)
        {
            throw facts.Exited(e);
        }
    }

    private static FileMapping[] FileMappings(MemoryMap map)
    {
        List<FileMapping> mappings = [];
        foreach (MemoryRegion region in map.Regions)
        {
            if (region.File.IsFile)
            {
                mappings.Add(new FileMapping(region.Range, region.File.DeviceMajor, region.File.DeviceMinor));
            }
        }

        return [.. mappings];
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

    // The maps may be readable although the memory is not; reading one byte shows it.
    private static void ProbeAccess(ProcessFacts facts, ProcessMemorySource memory, MemoryMap map)
    {
        Span<byte> probe = stackalloc byte[1];
        foreach (MemoryRegion region in map.Regions)
        {
            if (!region.IsReadable || !region.File.IsFile)
            {
                continue;
            }

            if (memory.Read(region.Range.Start, probe) == 1)
            {
                return;
            }

            switch (memory.LastError)
            {
                case Errno.EPERM or Errno.ENOSYS:
                    throw AccessDiagnosis.Explain(facts, AccessRefusal.Read);
                case Errno.ESRCH:
                    throw facts.Exited();
            }
        }
    }
}
