using System;
using System.Collections.Generic;
using PyStack.Engine.Memory;
using PyStack.Engine.Native;
using PyStack.Engine.Processors;
using PyStack.Engine.Targets;
using PyStack.Engine.Targets.Core;
using PyStack.Engine.Targets.Saved;

namespace PyStack.Engine.Saving;

/// <summary>
/// A process as the core that is about to be written will have it: it is read once in the way in which the core will be read, so that all of the memory is noted that this needs. It mostly has
/// no files: a core may be read where these are not.
/// </summary>
/// <param name="process">The running process.</param>
/// <param name="notes">Of the core.</param>
/// <param name="hasFiles">Whether it has the files of the running process.</param>
internal sealed class SavedTarget(ITarget process, CoreNotes notes, IMemorySource memory, bool hasFiles) : ITarget
{
    public int ProcessId => process.ProcessId;

    public bool HasMainThread => true;

    public string? Name => process.Name;

    public Processor Processor => process.Processor;

    public ulong CodeMask => process.CodeMask;

    public IMemorySource Memory => memory;

    public MemoryMap Map => process.Map;

    public IReadOnlyList<Module> Modules => process.Modules;

    public Module? Executable => process.Executable;

    public SavedFacts? Saved => notes.Saved;

    public DateTime? FrozenAt => notes.Saved?.Process.CapturedAt;

    public IThreadReader Threads { get; } = new CoreThreadReader(process.Processor, notes, memory);

    public IThreadDirectory ListThreads() => new CoreThreads(notes);

    public bool TryOpen(Module module, out MappedFile file)
    {
        file = null!;
        return hasFiles && process.TryOpen(module, out file);
    }

    public bool TryOpenFile(string path, out MappedFile file)
    {
        file = null!;
        return hasFiles && process.TryOpenFile(path, out file);
    }

    public bool TryReadSource(string path, long mostBytes, SourceFile? known, out SourceFile source, out string problem)
    {
        source = null!;
        problem = "";
        return false;
    }

    public void Dispose()
    {
        // The process belongs to its session.
    }
}
