using System.Collections.Generic;

namespace PyStack.Engine.Tasks.Deadlocks;

/// <summary>Tasks, and threads between them, that wait for each other: each for the next one, and the last for the first.</summary>
internal sealed record TaskDeadlock(IReadOnlyList<TaskNode> Members)
{
    /// <summary>Whether all tasks were read as they were at one moment.</summary>
    public bool IsCoherent { get; } = AreCoherent(Members);

    /// <summary>Seconds until the first member gives up, at most. The timeouts of tasks do not end while the thread of their loop is one of the members.</summary>
    public double? Timeout
    {
        get
        {
            double? least = null;
            HashSet<string> ids = [];
            foreach (TaskNode node in Members)
            {
                ids.Add(node.Id);
            }

            foreach (TaskNode node in Members)
            {
                least = node.Loop is string loop && ids.Contains(loop) ? least : node.Timeout is double one && !(least <= one) ? one : least;
            }

            return least;
        }
    }

    /// <summary>Whether another look has found the same: the same tasks and threads with the same stacks wait for the same objects.</summary>
    public bool IsSame(TaskDeadlock other) => Members.Count == other.Members.Count && Signatures().SetEquals(other.Signatures());

    private HashSet<(string, string?, PyWaitKind?, string?, string)> Signatures()
    {
        HashSet<(string, string?, PyWaitKind?, string?, string)> all = [];
        foreach (TaskNode node in Members)
        {
            // A thread that was stopped and went back to sleep has the same stack of Python.
            all.Add((node.Id, node.Task?.StackHash ?? node.Thread?.StackHash, node.Wait?.Kind, node.Wait?.Object, string.Join(' ', node.Needs)));
        }

        return all;
    }

    private static bool AreCoherent(IReadOnlyList<TaskNode> members)
    {
        foreach (TaskNode node in members)
        {
            if (node.Task is { IsCoherent: false })
            {
                return false;
            }
        }

        return true;
    }
}
