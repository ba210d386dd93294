using System;

namespace PyStack.Engine.Targets.Saved;

/// <summary>
/// What a core that <c>Save-PyCore</c> has written says of its process besides the kernel's notes and memory: what only a running process can say (names and states of threads, what they wait
/// for), and what would have to be searched for in memory that a small core does not have. It is read from a file, so nothing in it is certain.
/// </summary>
internal sealed record SavedProcess
{
    /// <summary>The version of PyStack that has written the core.</summary>
    public string Writer { get; init; } = "";

    /// <summary>The machine that the process ran on.</summary>
    public string Host { get; init; } = "";

    /// <summary>The moment of the stacks, in UTC.</summary>
    public DateTime CapturedAt { get; init; }

    /// <summary>How long the process was stopped, in ticks of 100 ns.</summary>
    public long PauseTicks { get; init; }

    public int StoppedThreads { get; init; }

    /// <summary>Whether the stacks of native code and all known registers are in the core.</summary>
    public bool HasNative { get; init; }

    /// <summary>Whether arguments and local variables are in the core.</summary>
    public bool HasLocals { get; init; }

    /// <summary>Whether all bytes were left out that are not needed for the stacks.</summary>
    public bool IsRedacted { get; init; }

    /// <summary>The CPythons, in the order in which they were found.</summary>
    public SavedRuntime[] Runtimes { get; init; } = [];

    /// <summary>The OS threads.</summary>
    public SavedThread[] Threads { get; init; } = [];

    /// <summary>The thread states of Python.</summary>
    public SavedState[] States { get; init; } = [];

    /// <summary>Tasks of which memory alone does not say all.</summary>
    public SavedTask[] Tasks { get; init; } = [];

    /// <summary>Objects that were found by a walk over all objects.</summary>
    public SavedObjects[] Objects { get; init; } = [];

    /// <summary>What the modules <c>_asyncio</c> say of their structs.</summary>
    public SavedAsyncio[] Asyncio { get; init; } = [];

    /// <summary>Source lines of the frames.</summary>
    public SavedSource[] Sources { get; init; } = [];
}

/// <summary>A CPython of the process.</summary>
/// <param name="Address">Of <c>_PyRuntime</c> or <c>interp_head</c>.</param>
/// <param name="Version"><c>PY_VERSION_HEX</c></param>
/// <param name="Module">Where the module that it is in begins; 0 if it is in none.</param>
/// <param name="Variables">Addresses of the variables of versions without <c>_PyRuntime</c>, in the order of <c>RuntimeVariables</c>; null where one is not known.</param>
internal sealed record SavedRuntime(ulong Address, uint Version, ulong Module, ulong?[]? Variables)
{
    /// <summary>Whether a <c>+</c> follows the version, which the number does not contain.</summary>
    public bool IsAfterRelease { get; init; }
}

/// <summary>An OS thread.</summary>
/// <param name="Id">As whoever has saved the core counts; so are the ids of the kernel's notes.</param>
/// <param name="CpuTicks">In ticks of 100 ns.</param>
/// <param name="HasStack">Whether registers and stack are in the core and of one moment with the Python frames.</param>
internal sealed record SavedThread(int Id, string? Name, PyThreadState State, long? CpuTicks, PyWait? Wait, bool HasStack);

/// <summary>A thread state of Python.</summary>
/// <param name="Address">Of the <c>PyThreadState</c>.</param>
/// <param name="ThreadId">Its OS thread; 0 for none.</param>
/// <param name="Life">What is known of that, as a number of <c>ThreadLife</c>.</param>
/// <param name="Name">The program's name of the thread.</param>
/// <param name="Exception">The line of the exception that it handled.</param>
/// <param name="Warnings">About the capture.</param>
internal sealed record SavedState(ulong Address, int ThreadId, int Life, string? Name, string? Exception, bool IsCoherent, string[]? Warnings);

/// <summary>What memory alone does not say of a task.</summary>
/// <param name="Id">As <see cref="PyTask.Id"/>.</param>
internal sealed record SavedTask(string Id, PyWait? Wait, bool IsCoherent);

/// <summary>Objects of one kind, found by a walk over all objects of an interpreter.</summary>
/// <param name="Kind">The name of the question.</param>
internal sealed record SavedObjects(int Runtime, string Kind, ulong Interpreter, ulong[]? Addresses, bool IsWhole);

/// <summary>The debug offsets of a module <c>_asyncio</c>.</summary>
internal sealed record SavedAsyncio(ulong Start, ulong End, ulong[]? Words);

/// <summary>Lines of a source file.</summary>
/// <param name="Lines">Their numbers.</param>
/// <param name="Texts">One for each.</param>
internal sealed record SavedSource(string File, int[]? Lines, string[]? Texts, bool IsNewer);
