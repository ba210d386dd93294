using System.Collections.Generic;
using System.Threading;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Frames;
using PyStack.Engine.Python.Objects;
using PyStack.Engine.Waits.Reasons;

namespace PyStack.Engine.Tasks;

/// <summary>One search for the tasks of one interpreter: what a framework reads with, and what it has found.</summary>
/// <param name="python">Reads the objects of the interpreter's CPython, from the copy.</param>
/// <param name="walk">The threads of the process.</param>
/// <param name="runtime">Which of the process's CPythons it is.</param>
/// <param name="interpreter">Which of the walk's interpreters.</param>
/// <param name="heap">Finds objects of some types among all objects.</param>
internal sealed class TaskSearch(
    PythonReader python, HeapObjects heap, RawCapture walk, int runtime, int interpreter, TaskOptions options, List<RawTask> found, TaskProgress progress, CancellationToken cancellation)
{
    /// <summary>Places of dicts and sets that all searches of one interpreter may examine.</summary>
    public const int MaxPlaces = 1 << 23;

    private readonly HashSet<ulong> _seen = new(AddressHash.Comparer);

    public PythonReader Python => python;

    public ObjectReader Objects => python.Objects;

    public PythonValues Values => python.Values;

    public IMemorySource Memory => python.Memory;

    public CancellationToken Cancellation => cancellation;

    /// <summary>Finds objects of some types among all that the collector of this interpreter tracks. They can have ended since: whoever reads one checks what it is.</summary>
    /// <inheritdoc cref="HeapObjects.Find"/>
    public IReadOnlyList<ulong> FindObjects(string kind, TypeFilter isWanted, out bool isWhole) => heap.Find(kind, python.Memory, Address, isWanted, cancellation, out isWhole);

    public TaskOptions Options => options;

    /// <summary>What the modules <c>_asyncio</c> of the process say of their structs.</summary>
    public IReadOnlyList<AsyncioDebugOffsets> AsyncioOffsets { get; init; } = [];

    /// <summary>The <c>PyInterpreterState</c>.</summary>
    public ulong Address => walk.Interpreters[interpreter].Address;

    public int Interpreter => interpreter;

    /// <summary>The threads of this interpreter, with the frames that they had when the process was walked.</summary>
    public IEnumerable<RawThread> Threads
    {
        get
        {
            foreach (RawThread thread in walk.Threads)
            {
                if (thread.Interpreter == interpreter && thread.Runtime == runtime)
                {
                    yield return thread;
                }
            }
        }
    }

    /// <summary>The thread state of a <c>pthread_t</c> (<c>threading.get_ident()</c>); 0 if there is none.</summary>
    public ulong FindThread(ulong pthreadId)
    {
        foreach (RawThread thread in walk.Threads)
        {
            if (pthreadId != 0 && thread.PthreadId == pthreadId && thread.Interpreter == interpreter)
            {
                return thread.Address;
            }
        }

        return 0;
    }

    /// <summary>A frame of a thread; 0 is the innermost.</summary>
    public RawFrame FrameOf(in RawThread thread, int index) => walk.Frames[thread.FirstFrame + index];

    /// <summary>What could not be read and what that means, in plain words, if it is about all tasks of a framework.</summary>
    public List<string> Remarks { get; } = [];

    /// <summary>Whether not all tasks were found: a list or set of them could not be read to its end, or not as it was at the moment of the copy.</summary>
    public bool IsTruncated { get; set; }

    /// <summary>Whether something was read since <see cref="Watch"/> that the copy does not have as it was at its moment.</summary>
    public bool IsDoubtful => python.Memory is PageSnapshot { HasTouchedStale: true };

    /// <summary>Begins to read one thing, such as a task: <see cref="IsDoubtful"/> is about it.</summary>
    public void Watch() => (python.Memory as PageSnapshot)?.ForgetTouches();

    /// <summary>How many tasks were found so far.</summary>
    public int Count => found.Count;

    /// <summary>One of them, in the order in which they were found.</summary>
    public RawTask this[int index] => found[index];

    /// <summary>The tasks that were added.</summary>
    public IReadOnlyList<RawTask> Found => found;

    /// <summary>Whether there is room for more.</summary>
    public bool HasRoom => found.Count < options.MaxTasks;

    /// <summary>Whether a task was added before.</summary>
    public bool Has(ulong address) => _seen.Contains(address);

    /// <summary>Adds a task, unless it was added before or there are too many.</summary>
    public bool Add(RawTask task)
    {
        cancellation.ThrowIfCancellationRequested();
        if (!HasRoom || !_seen.Add(task.Address))
        {
            return false;
        }

        found.Add(task);
        progress.Report("search", found.Count, 0);
        return true;
    }
}
