using System.Collections.Generic;
using System.Globalization;

namespace PyStack;

/// <summary>Threads or asyncio tasks that wait for each other, for themselves, or for a holder that no longer exists.</summary>
public sealed class PyDeadlock
{
    /// <summary>The process that was asked for, in the observer's PID namespace. Threads can be of other processes as well.</summary>
    public int ProcessId { get; init; }

    /// <summary>The process's name as the kernel has it (at most 15 bytes).</summary>
    public string? ProcessName { get; init => field = ModelText.Of(value); }

    /// <summary>Why it does not end.</summary>
    public PyDeadlockKind Kind { get; init; }

    /// <summary>
    /// The threads that are part of it. Of a cycle in their order: each waits for the next one, and the last for the first. Threads that only wait for these are not in it;
    /// the <see cref="Description"/> has their ids.
    /// </summary>
    public PyThreadList Threads { get; init; } = [];

    /// <summary>
    /// The asyncio tasks that are part of it, in the same order; empty of a deadlock of threads alone. Of a cycle of tasks and threads the <see cref="Description"/> has the order of both.
    /// </summary>
    public PyTaskList Tasks { get; init; } = [];

    /// <summary>Lines for people: how many threads, and for each where it is and what it waits for; control characters are escaped.</summary>
    public PyTextList Description { get; init; } = [];

    /// <summary>Seconds until the first of the threads gives up, at most: it waits with a limit. Null if none has one, so that it lasts for ever.</summary>
    public double? Timeout { get; init; }

    /// <summary>On one line: <c>Cycle of 2 threads in process 112 (python3): 4711, 4714</c>; control characters are escaped.</summary>
    public override string ToString()
    {
        List<string> ids = [];
        foreach (PyTask task in Tasks)
        {
            ids.Add(task.Id);
        }

        foreach (PyThread thread in Threads)
        {
            ids.Add(thread.ThreadId.ToString(CultureInfo.InvariantCulture));
        }

        string name = string.IsNullOrEmpty(ProcessName) ? "" : $" ({ProcessName})";
        return TerminalText.Escape(string.Create(CultureInfo.InvariantCulture, $"{Kind} of {Count()} in process {ProcessId}{name}: {string.Join(", ", ids)}"));
    }

    private string Count()
    {
        (PyTaskList some, PyThreadList others) = (Tasks, Threads);
        string threads = string.Create(CultureInfo.InvariantCulture, $"{others.Count} thread{(others.Count == 1 ? "" : "s")}");
        string tasks = string.Create(CultureInfo.InvariantCulture, $"{some.Count} task{(some.Count == 1 ? "" : "s")}");
        return some.Count == 0 ? threads : others.Count == 0 ? tasks : $"{tasks} and {threads}";
    }
}
