using System;
using System.Collections.Generic;
using System.Globalization;
using PyStack.Engine.Waits.Deadlocks;

namespace PyStack.Engine.Tasks.Deadlocks;

/// <summary>
/// Which tasks wait for which, and the threads between them. A task goes on only when what it awaits is done, or when somebody cancels it, such as a timeout; and it goes on in the thread of its event loop.
/// A thread that waits for a task of a loop goes on only when that has ended.
/// </summary>
/// <remarks>
/// So a cycle that existed at one moment exists as long as nobody cancels one of its tasks: the future that the first awaits gets its result when the second ends, which awaits a third, and so on. Only
/// a lock may be given back by somebody who does not hold it: that is why a second look has to find the same.
/// </remarks>
internal sealed class TaskGraph
{
    /// <summary>The tasks that are looked at. Greenlets would need a walk over all objects.</summary>
    public static readonly TaskOptions Options = TaskOptions.Default with { Kinds = new HashSet<PyTaskKind> { PyTaskKind.Asyncio, PyTaskKind.Trio } };

    /// <summary>Shorter than this a cycle is not worth a report: the program tries again and again.</summary>
    private const double ShortLimit = 1;

    private readonly List<TaskNode> _nodes = [];
    private readonly Dictionary<string, int> _index = new(StringComparer.Ordinal);

    /// <param name="threads">Of the process; the parts of an OS thread are one after the other, the innermost the last.</param>
    public TaskGraph(TaskLook look, IReadOnlyList<PyThread> threads)
    {
        Dictionary<string, CapturedTask> captured = new(look.Captured.Count, StringComparer.Ordinal);
        foreach (CapturedTask task in look.Captured)
        {
            captured[Hex(task.Raw.Address)] = task;
        }

        foreach (PyTask task in look.Tasks)
        {
            if (task.State != PyTaskState.Done)
            {
                Add(new TaskNode(task, null, NeedsOf(task, captured.GetValueOrDefault(task.Id))));
            }
        }

        for (int i = 0; i < threads.Count; i++)
        {
            if (threads[i].ThreadId > 0 && (i + 1 == threads.Count || threads[i + 1].ThreadId != threads[i].ThreadId))
            {
                Add(new TaskNode(null, threads[i], NeedsOf(threads[i])));
            }
        }
    }

    /// <summary>A thread among the ids of tasks, which are hexadecimal.</summary>
    public static string IdOf(int threadId) => string.Create(CultureInfo.InvariantCulture, $"thread {threadId}");

    /// <summary>The cycles that have a task in them.</summary>
    public List<TaskDeadlock> Find()
    {
        List<List<int>?> edges = new(_nodes.Count);
        foreach (TaskNode node in _nodes)
        {
            bool endsSoon = node.Timeout < ShortLimit;
            List<int> next = [];
            foreach (string need in node.Needs)
            {
                if (_index.TryGetValue(need, out int other) && (!endsSoon || need == node.Loop))
                {
                    next.Add(other);
                }
            }

            edges.Add(next.Count > 0 ? next : null);
        }

        // One that waits for nobody can go on.
        foreach (List<int>? next in edges)
        {
            next?.RemoveAll(other => edges[other] is null);
        }

        List<TaskDeadlock> found = [];
        foreach (List<int> component in new StrongComponents(edges).Find())
        {
            if (component.Exists(i => _nodes[i].Task is not null))
            {
                found.Add(new TaskDeadlock(InOrder(component)));
            }
        }

        return found;
    }

    private static string Hex(ulong address) => string.Create(CultureInfo.InvariantCulture, $"0x{address:x}");

    private static List<string> NeedsOf(PyTask task, CapturedTask? captured)
    {
        List<string> needs = [];
        if (task.Wait is PyWait wait && captured?.Wait is TaskWait read)
        {
            // Of several that any of which is enough, none is needed.
            foreach (ulong other in read.IsAny ? [] : read.Tasks)
            {
                needs.Add(Hex(other));
            }

            if (wait.HolderThreadId is int worker)
            {
                needs.Add(IdOf(worker));
            }
        }

        if (task.ThreadId > 0)
        {
            needs.Add(IdOf(task.ThreadId));
        }

        return needs;
    }

    private static List<string> NeedsOf(PyThread thread)
    {
        List<string> needs = [];
        if (thread.Wait is { IsHolderGone: not true } wait)
        {
            if (wait.HolderTaskId is string task)
            {
                needs.Add(task);
            }

            if (wait.HolderThreadId is int other)
            {
                needs.Add(IdOf(other));
            }
        }

        return needs;
    }

    private void Add(TaskNode node)
    {
        if (_index.TryAdd(node.Id, _nodes.Count))
        {
            _nodes.Add(node);
        }
    }

    // From the first task on.
    private List<TaskNode> InOrder(List<int> component)
    {
        int first = 0;
        for (int i = 1; i < component.Count; i++)
        {
            first = (_nodes[component[i]].Task is null, component[i]).CompareTo((_nodes[component[first]].Task is null, component[first])) < 0 ? i : first;
        }

        List<TaskNode> members = new(component.Count);
        for (int i = 0; i < component.Count; i++)
        {
            members.Add(_nodes[component[(first + i) % component.Count]]);
        }

        return members;
    }
}
