using System;
using System.Collections.Generic;
using PyStack.Engine.Memory;
using PyStack.Engine.Native;
using PyStack.Engine.Processors;
using PyStack.Engine.Targets.Saved;

namespace PyStack.Engine.Targets;

/// <summary>A process with a Python interpreter: running, or in a core.</summary>
internal interface ITarget : IDisposable
{
    /// <summary>In the observer's PID namespace.</summary>
    int ProcessId { get; }

    /// <summary>Whether the main thread still runs; a process continues without it.</summary>
    bool HasMainThread { get; }

    /// <summary>The OS name of the process, or null.</summary>
    string? Name { get; }

    /// <summary>The processor that it runs on.</summary>
    Processor Processor { get; }

    /// <summary>The bits of an address of code: what is in the others is no part of a return address (<see cref="CodePointers"/>).</summary>
    ulong CodeMask { get; }

    IMemorySource Memory { get; }

    MemoryMap Map { get; }

    /// <summary>Executables and libraries, by ascending address.</summary>
    IReadOnlyList<Module> Modules { get; }

    /// <summary>The program that was started, if it is among the modules; null if not.</summary>
    Module? Executable { get; }

    /// <summary>When it stopped changing: a core, when it was written; null of a process that runs.</summary>
    DateTime? FrozenAt { get; }

    /// <summary>What was noted of the process when its core was saved by PyStack; null otherwise.</summary>
    SavedFacts? Saved => null;

    /// <summary>Its OS threads and their registers.</summary>
    IThreadReader Threads { get; }

    /// <summary>The names and ids of the threads that there are now.</summary>
    IThreadDirectory ListThreads();

    /// <summary>Opens exactly the file that a module was mapped from.</summary>
    bool TryOpen(Module module, out MappedFile file);

    /// <summary>Opens any regular file by the name that it has in the target's own root, with the target's own rights: separate debug information.</summary>
    bool TryOpenFile(string path, out MappedFile file);

    /// <summary>Reads a source file by the name that the target's code has for it, with the target's own rights.</summary>
    /// <param name="mostBytes">A larger one is not read.</param>
    /// <param name="known">The same file as it was read before, or null: it is given back where it has not been changed.</param>
    /// <param name="problem">On failure why, as the end of a sentence about the file; empty where that is noted elsewhere (<see cref="FileBudget"/>).</param>
    bool TryReadSource(string path, long mostBytes, SourceFile? known, out SourceFile source, out string problem);
}
