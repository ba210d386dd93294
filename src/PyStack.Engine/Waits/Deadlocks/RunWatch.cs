using System;
using System.Collections.Generic;
using PyStack.Engine.Targets.Live.Procfs;

namespace PyStack.Engine.Waits.Deadlocks;

/// <summary>Proves that threads did not run between two moments, so that all that was read of them in between is of one moment.</summary>
internal sealed class RunWatch
{
    private readonly Dictionary<int, RunCounts?> _readers = [];
    private readonly Dictionary<(int ProcessId, int ThreadId), RunCount?> _since = [];

    /// <summary>Whether the kernel counts at all: our own first thread has run.</summary>
    public static bool CanProve => new RunCounts(ProcessFacts.Read(Environment.ProcessId)).Read(Environment.ProcessId) is not null;

    /// <summary>Begins with the threads that some deadlocks depend on.</summary>
    public RunWatch(IEnumerable<Deadlock> deadlocks)
    {
        foreach (Deadlock deadlock in deadlocks)
        {
            foreach (WaitNode node in deadlock.Witnesses)
            {
                _since[(node.ProcessId, node.ThreadId)] = CountsOf(node.ProcessId)?.Read(node.ThreadId);
            }
        }
    }

    /// <summary>Whether none of a deadlock's threads has run since.</summary>
    public bool HasStoodStill(Deadlock deadlock)
    {
        foreach (WaitNode node in deadlock.Witnesses)
        {
            // Who waits for the GIL looks every 5 ms whether it is free. It was not, since its holder is one of those that did not run.
            if (node.Wait?.Kind == PyWaitKind.Gil && node.HolderThreadId > 0 && node.HolderThreadId != node.ThreadId)
            {
                continue;
            }

            if (!_since.TryGetValue((node.ProcessId, node.ThreadId), out RunCount? since) || CountsOf(node.ProcessId)?.HasStoodStill(node.ThreadId, since) != true)
            {
                return false;
            }
        }

        return true;
    }

    // Null of a process that has ended meanwhile.
    private RunCounts? CountsOf(int processId)
    {
        if (!_readers.TryGetValue(processId, out RunCounts? counts))
        {
            try
            {
                counts = new RunCounts(ProcessFacts.Read(processId));
            }
            catch (EngineException)
            {
                // Then its threads do not stand still.
            }

            _readers.Add(processId, counts);
        }

        return counts;
    }
}
