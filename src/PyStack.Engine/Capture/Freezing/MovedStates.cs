using System.Collections.Generic;
using PyStack.Engine.Python.Frames;
using PyStack.Engine.Python.Runtime;
using PyStack.Engine.Targets.Live;
using PyStack.Engine.Targets.Live.Procfs;

namespace PyStack.Engine.Capture.Freezing;

/// <summary>
/// Which threads may have run Python since the process was read, where the GIL has moved. All others have slept: the kernel's count of how often each
/// has run is the same, so their thread states and frames are as they were read, and only those of the few that ran are copied again.
/// </summary>
internal sealed class MovedStates(LiveProcess process, RuntimeSet runtimes, LoopEvidence evidence)
{
    /// <summary>Where more threads have run, copying all is not much longer.</summary>
    private const int MaxMoved = 32;

    private readonly StillThreads _still = new(process, runtimes, native: null);
    private readonly RunCounts _counts = new(process.Facts);
    private readonly HashSet<ulong> _moved = [];
    private readonly List<(ulong State, int ThreadId, RunCount Count)> _slept = [];
    private bool _hasBegun;

    /// <summary>The OS threads of those that may have run, as far as they are known.</summary>
    public List<int> ThreadIds { get; } = [];

    /// <summary>Whether there were too many the last time.</summary>
    public bool AreMany { get; private set; }

    /// <summary>Takes the counts of all threads. Call it before the process is read.</summary>
    public void Begin()
    {
        _hasBegun = true;
        _still.Begin();
    }

    /// <summary>Forgets the counts: the process is read again without them.</summary>
    public void Clear()
    {
        _hasBegun = false;
        AreMany = false;
        _moved.Clear();
        ThreadIds.Clear();
    }

    /// <summary>Finds the thread states that may have changed since <see cref="Begin"/>, of a process that was read meanwhile.</summary>
    /// <returns>False if that is not known, or if there are too many.</returns>
    public bool TryFind(RawCapture capture)
    {
        _moved.Clear();
        _slept.Clear();
        ThreadIds.Clear();
        if (!_hasBegun)
        {
            return false;
        }

        _still.Identify(capture);
        evidence.SetMap(process.Map);
        for (int i = 0; i < capture.Threads.Count && !AreMany; i++)
        {
            RawThread thread = capture.Threads[i];
            int threadId = _still.ThreadIdOf(thread);
            if (_still.CountAtBegin(threadId) is RunCount count && HasSlept(thread, capture, threadId, count))
            {
                _slept.Add((thread.Address, threadId, count));
                continue;
            }

            _ = _moved.Add(thread.Address);
            if (threadId != 0)
            {
                ThreadIds.Add(threadId);
            }

            AreMany = _moved.Count > MaxMoved;
        }

        return !AreMany;
    }

    /// <summary>Whether a thread state is one of those that may have changed.</summary>
    public bool HasMoved(in RawThread state) => _moved.Contains(state.Address);

    /// <summary>
    /// Whether all others have slept until now. They were in the kernel when they were found to sleep, so the count of one that has woken since is another
    /// from the moment at which it gets a processor.
    /// </summary>
    /// <param name="states">Those that were copied again do not matter.</param>
    /// <param name="capture">The walk that they were found in.</param>
    public bool HaveOthersSlept(FrozenStates states, RawCapture capture)
    {
        HashSet<ulong> copied = [];
        for (int i = 0; i < states.Count; i++)
        {
            _ = copied.Add(capture.Threads[states.IndexAt(i)].Address);
        }

        foreach ((ulong state, int threadId, RunCount count) in _slept)
        {
            if (!copied.Contains(state) && _counts.Read(threadId) != count)
            {
                return false;
            }
        }

        return true;
    }

    // The ids in a thread state do not prove whose it is: its innermost evaluation loop must be on the stack of the thread that sleeps.
    private bool HasSlept(in RawThread thread, RawCapture capture, int threadId, RunCount count)
        => BlockedCall.TryParse(_counts.BlockedAt(threadId), out BlockedCall call)
            && evidence.IsRunBy(thread, capture, call.StackPointer, threadId == process.ProcessId, process.Memory)
            && _counts.Read(threadId) == count;
}
