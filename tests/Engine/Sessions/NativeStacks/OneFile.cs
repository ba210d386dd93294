using System;
using System.Collections.Generic;
using PyStack.Engine.Memory;
using PyStack.Engine.Native;
using PyStack.Engine.Processors;
using PyStack.Engine.Targets;

namespace PyStack.Engine.Tests.Sessions.NativeStacks;

/// <summary>A target of which only the file of its one module is asked for.</summary>
internal sealed class OneFile(string path) : ITarget
{
    public int ProcessId => 0;

    public bool HasMainThread => true;

    public string? Name => null;

    public Processor Processor => ProcessorCatalogue.OfObserver;

    public ulong CodeMask => Processor.CodeMask;

    public DateTime? FrozenAt => null;

    public IThreadReader Threads => throw new NotSupportedException();

    public IMemorySource Memory => throw new NotSupportedException();

    public MemoryMap Map { get; init; } = new([]);

    public IReadOnlyList<Module> Modules { get; init; } = [];

    public Module? Executable => null;

    public IThreadDirectory ListThreads() => throw new NotSupportedException();

    public bool TryOpen(Module module, out MappedFile file)
    {
        bool isOpen = MappedFile.TryOpen(path, out MappedFile? opened, out _);
        file = opened!;
        return isOpen;
    }

    public bool TryOpenFile(string path, out MappedFile file)
    {
        bool isOpen = MappedFile.TryOpen(path, out MappedFile? opened, out _);
        file = opened!;
        return isOpen;
    }

    public bool TryReadSource(string path, long mostBytes, SourceFile? known, out SourceFile source, out string problem)
    {
        source = null!;
        problem = "";
        return false;
    }

    public void Dispose()
    {
    }
}
