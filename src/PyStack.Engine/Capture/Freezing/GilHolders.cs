using System.Collections.Generic;
using System.Globalization;
using System.IO;
using PyStack.Engine.Python.Frames;
using PyStack.Engine.Python.Runtime;
using PyStack.Engine.Targets.Live;
using PyStack.Engine.Targets.Live.Procfs;

namespace PyStack.Engine.Capture.Freezing;

/// <summary>Finds the GILs of a process, what they say, and which OS thread was the last to hold each.</summary>
internal sealed class GilHolders(LiveProcess process, RuntimeSet runtimes)
{
    /// <summary>CPython series later than this may take their GIL in another way.</summary>
    private const int LastKnownMinor = 15;

    private readonly RunCounts _counts = new(process.Facts);
    private readonly RawCapture _interpreters = new();
    private readonly int _innerProcessId = ThreadDirectory.InnerIdOf(process.ProcessId);
    private readonly HashSet<ulong> _known = [];
    private readonly bool _isSameNamespace = ThreadDirectory.SharesNamespace(process.ProcessId);
    private ThreadDirectory? _directory;

    /// <summary>Whether the ids in the thread states are those of a parent's threads.</summary>
    public bool IsForked { get; private set; }

    /// <summary>Each GIL once.</summary>
    public List<GilHolder> Items { get; } = [];

    /// <summary>The interpreters as they were before the process was read.</summary>
    public RawCapture Interpreters => _interpreters;

    /// <summary>Why the threads of a process have to be stopped all together whatever they do; null if not.</summary>
    public string? WhyNever()
    {
        foreach (PythonRuntime runtime in runtimes.Runtimes)
        {
            string? why = runtime.Layout.IsFreeThreaded ? "has no GIL"
                : runtime.Version.Major < 3 ? "has no counter of the GIL's holders"
                : runtime.Version.Minor > LastKnownMinor ? "is newer than the supported GIL layouts"
                : null;
            if (why is not null)
            {
                return $"CPython {runtime.Version} {why}";
            }
        }

        return null;
    }

    /// <summary>Reads what there is now. Call it before the process is read.</summary>
    /// <returns>Null, or why the GIL proves nothing now.</returns>
    public string? Begin()
    {
        Items.Clear();
        _known.Clear();
        if (!runtimes.TryWalkInterpreters(process.Memory, _interpreters))
        {
            return "the list of interpreters could not be read";
        }

        if (_interpreters.Finalizing != 0)
        {
            return "the interpreter is shutting down";
        }

        foreach (RawInterpreter interpreter in _interpreters.Interpreters)
        {
            if (interpreter.Gil is not GilAddress address)
            {
                return "its GIL cannot be found (its variables have no symbols)";
            }

            if (!_known.Add(address.Locked))
            {
                continue;
            }

            if (!GilState.TryRead(process.Memory, address, out GilState state) || !state.IsMade)
            {
                return "its GIL could not be read";
            }

            Items.Add(Identify(address, state));
        }

        return null;
    }

    /// <summary>Whether no other thread than the last holder has taken a GIL since <see cref="Begin"/>.</summary>
    public bool AreSame()
    {
        foreach (GilHolder holder in Items)
        {
            if (!GilState.TryRead(process.Memory, holder.Address, out GilState now) || !now.HasSameHolder(holder.Before) || (holder.ThreadId == 0 && (now.IsHeld || holder.Before.IsHeld)))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// Takes back who is in no list of thread states: the state has been freed, though its memory may still say what it was.
    /// </summary>
    public void ForgetUnlisted(RawCapture capture)
    {
        for (int i = 0; i < Items.Count; i++)
        {
            if (Items[i].ThreadId != 0 && !capture.HasState(Items[i].Before.LastHolder))
            {
                Items[i] = Items[i] with { ThreadId = 0 };
            }
        }
    }

    /// <summary>Whether a thread was the last to hold a GIL.</summary>
    public bool IsHolder(int threadId)
    {
        foreach (GilHolder holder in Items)
        {
            if (holder.ThreadId == threadId)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a holder's thread has slept ever since <see cref="Begin"/>.</summary>
    public bool HasSlept(GilHolder holder) => holder.ThreadId == 0 || _counts.HasStoodStill(holder.ThreadId, holder.Count);

    /// <summary>The stack pointer of a thread that sleeps in the kernel; 0 of one that does not.</summary>
    public ulong StackPointerOf(int threadId)
        => BlockedCall.TryParse(_counts.BlockedAt(threadId), out BlockedCall call) ? call.StackPointer : 0;

    /// <summary>
    /// After a fork in C that bypasses Python, the ids of the states are those of the parent, and only the <c>pthread_t</c> is right.
    /// </summary>
    public void NoteCapture(RawCapture capture) => IsForked = !runtimes.LacksNativeIds && !capture.HasThread(_innerProcessId);

    private GilHolder Identify(GilAddress address, in GilState state)
    {
        int threadId = 0;
        RawThread thread = default;
        if (state.LastHolder != 0 && TryReadState(state.LastHolder, out thread))
        {
            threadId = ThreadIdOf(thread);
        }

        return new GilHolder(address, state, thread, threadId, threadId == 0 ? null : _counts.Read(threadId));
    }

    private bool TryReadState(ulong address, out RawThread thread)
    {
        for (int runtime = 0; runtime < runtimes.Runtimes.Count; runtime++)
        {
            if (runtimes.TryReadState(process.Memory, address, runtime, out thread) && IsInterpreter(thread.Owner))
            {
                return true;
            }
        }

        thread = default;
        return false;
    }

    private bool IsInterpreter(ulong address)
    {
        foreach (RawInterpreter one in _interpreters.Interpreters)
        {
            if (one.Address == address)
            {
                return true;
            }
        }

        return false;
    }

    // A thread id from the target's memory is used only if the target has that thread: no other process may be stopped.
    private int ThreadIdOf(in RawThread thread)
    {
        int threadId = runtimes.HasNativeId(thread) ? ToObserver(thread.NativeId) : 0;
        return threadId != 0 && !IsForked ? threadId : ByPthread(thread.PthreadId);
    }

    private int ToObserver(long innerId)
    {
        if (_isSameNamespace)
        {
            return innerId is > 0 and <= int.MaxValue && Directory.Exists(Folder((int)innerId)) ? (int)innerId : 0;
        }

        _directory ??= new ThreadDirectory(process.ProcessId, hasMainThread: true);
        int threadId = _directory.ToObserver(innerId);
        if (threadId == 0)
        {
            _directory = new ThreadDirectory(process.ProcessId, hasMainThread: true);
            threadId = _directory.ToObserver(innerId);
        }

        return threadId;
    }

    private int ByPthread(ulong pthread)
    {
        _directory = new ThreadDirectory(process.ProcessId, hasMainThread: true);
        PthreadIds ids = PthreadIds.Find(process.Memory, [pthread], _directory.InnerIds);
        return ids.TryGet(pthread, out int innerId) ? _directory.ToObserver(innerId) : 0;
    }

    private string Folder(int threadId) => string.Create(CultureInfo.InvariantCulture, $"{ProcessFacts.Folder(process.ProcessId)}/task/{threadId}");
}
