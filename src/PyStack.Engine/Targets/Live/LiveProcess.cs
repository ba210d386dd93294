using System;
using System.Collections.Generic;
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

    private LiveProcess(Processor processor, ProcessFacts facts, ProcessMemorySource memory, ProcessMaps maps)
    {
        Processor = processor;
        Threads = new LiveThreadReader(processor, facts);
        _facts = facts;
        Memory = memory;
        Maps = maps;
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

    public ulong CodeMask => CodePointers.MaskOf(Processor, Map);

    public DateTime? FrozenAt => null;

    public IThreadReader Threads { get; }

    /// <summary>The memory map and the modules, with their generation.</summary>
    public ProcessMaps Maps { get; }

    public MemoryMap Map => Maps.Map;

    public IReadOnlyList<Module> Modules => Maps.Modules;

    public Module? Executable => Maps.Executable;

    /// <summary>What the kernel reports about the process.</summary>
    public ProcessFacts Facts => _facts;

    /// <summary>Opens a process without changing its state.</summary>
    /// <exception cref="EngineException">There is none, it has ended, or we may not read it.</exception>
    public static LiveProcess Open(int processId, Processor processor, Limits limits)
        => Open(ProcessFacts.ReadLeader(processId), processor, limits, new ProcessMaps(), new PageHints(), new PageHints());

    /// <param name="maps">What an earlier look at the same process has read; it is read again, and is this one's alone from now on.</param>
    /// <param name="hints">The pages that were read then.</param>
    /// <param name="factHints">Those that were read for the names of threads and for exceptions.</param>
    /// <inheritdoc cref="Open(int, Processor, Limits)"/>
    public static LiveProcess Open(ProcessFacts facts, Processor processor, Limits limits, ProcessMaps maps, PageHints hints, PageHints factHints)
    {
        if (facts.IsEnded)
        {
            throw AccessDiagnosis.Explain(facts, AccessRefusal.None);
        }

        maps.Read(facts, limits);
        ProcessMemorySource memory = new(facts.AccessId) { FileBacked = new FileBackedPages(facts.AccessId), Hints = hints, FactHints = factHints };
        memory.FileBacked.Update(maps.FileMappings);
        ProbeAccess(facts, memory, maps.Map);
        return new LiveProcess(processor, facts, memory, maps);
    }

    /// <summary>Reads the memory map again: threads and libraries come and go.</summary>
    /// <exception cref="EngineException">The process has ended.</exception>
    public void RefreshMap(Limits limits)
    {
        FileMapping[] before = Maps.FileMappings;
        Maps.Read(_facts, limits);
        if (!ReferenceEquals(before, Maps.FileMappings))
        {
            Memory.FileBacked!.Update(Maps.FileMappings);
        }
    }

    public IThreadDirectory ListThreads() => new ThreadDirectory(ProcessId, HasMainThread);

    public bool TryOpen(Module module, out MappedFile file) => _files.TryOpenModule(module, Memory, out file);

    public bool TryOpenFile(string path, out MappedFile file) => _files.TryOpenFile(path, out file);

    public bool TryReadSource(string path, long mostBytes, SourceFile? known, out SourceFile source, out string problem)
        => _files.TryReadSource(path, mostBytes, known, out source, out problem);

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
