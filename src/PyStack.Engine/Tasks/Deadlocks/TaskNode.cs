using System.Collections.Generic;

namespace PyStack.Engine.Tasks.Deadlocks;

/// <summary>A task or a thread that cannot go on before another one does.</summary>
/// <param name="Task">Null of a thread.</param>
/// <param name="Thread">The innermost part of a thread; null of a task.</param>
/// <param name="Needs">The ids of the tasks, and of the threads, that have to act first.</param>
internal sealed record TaskNode(PyTask? Task, PyThread? Thread, IReadOnlyList<string> Needs)
{
    public PyWait? Wait => Task is not null ? Task.Wait : Thread!.Wait;

    public string Id => Task?.Id ?? TaskGraph.IdOf(Thread!.ThreadId);

    public PyFrameList Frames => Task?.Frames ?? Thread!.Frames;

    /// <summary>Seconds until it gives up, at most.</summary>
    public double? Timeout => Wait?.Timeout;

    /// <summary>The thread of its event loop, without which it does not even give up; null of a thread, and of a task whose loop does not run.</summary>
    public string? Loop => Task is { ThreadId: > 0 } ? TaskGraph.IdOf(Task.ThreadId) : null;
}
