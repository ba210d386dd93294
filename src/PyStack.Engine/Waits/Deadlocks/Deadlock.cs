using System.Collections.Generic;

namespace PyStack.Engine.Waits.Deadlocks;

/// <summary>Threads that cannot go on.</summary>
/// <param name="Members">Of a cycle in their order: each waits for the next one, if no process is between them.</param>
internal sealed record Deadlock(PyDeadlockKind Kind, List<WaitNode> Members)
{
    /// <summary>The threads that wait for these, directly or not.</summary>
    public List<WaitNode> Followers { get; } = [];

    /// <summary>All threads of the processes that one of the members waits for: none of them may have run.</summary>
    public required IReadOnlyList<WaitNode> Witnesses { get; init; }

    /// <summary>Seconds until the first member gives up, at most.</summary>
    public double? Timeout
    {
        get
        {
            double? least = null;
            foreach (WaitNode node in Members)
            {
                least = node.Timeout is double one && !(least <= one) ? one : least;
            }

            return least;
        }
    }

    /// <summary>Whether a thread of a process is part of it, or waits for it.</summary>
    public bool Concerns(int processId) => Members.Exists(node => node.ProcessId == processId) || Followers.Exists(node => node.ProcessId == processId);

    /// <summary>Whether another look has found the same: the same threads wait for the same objects, held by the same ones.</summary>
    public bool IsSame(Deadlock other) => Kind == other.Kind && Members.Count == other.Members.Count && Signatures().SetEquals(other.Signatures());

    private HashSet<(int, int, PyWaitKind, string?, int?, int?, string?, string?)> Signatures()
    {
        HashSet<(int, int, PyWaitKind, string?, int?, int?, string?, string?)> all = [];
        foreach (WaitNode node in Members)
        {
            PyWait wait = node.Wait!;
            all.Add((node.ProcessId, node.ThreadId, wait.Kind, wait.Object, wait.HolderThreadId, wait.HolderProcessId, wait.SystemCall, wait.Resource));
        }

        return all;
    }
}
