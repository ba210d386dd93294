using System;
using System.Collections.Generic;
using System.Text;
using PyStack.Engine.Python.Objects;
using PyStack.Engine.Waits.Reasons;

namespace PyStack.Engine.Tasks.Waits;

/// <summary>Reasons that trio and anyio have in common: of locks that know who has them, and of calls in threads.</summary>
internal static class TaskReasons
{
    private const int MaxName = 128;

    /// <summary>A wait for what a task has.</summary>
    public static TaskWait HeldBy(WaitingTask task, TaskWait wait, ulong holder)
        => wait with { Description = $"{wait.Description}, held by {task.Others.Describe(holder)}", Holder = holder, Tasks = [holder] };

    /// <summary>A wait for a token of a capacity limiter. Whoever has one is mostly a task.</summary>
    /// <param name="borrowers">A set.</param>
    /// <param name="total">How many tokens there are; null for no limit.</param>
    public static TaskWait Borrowed(WaitingTask task, ulong limiter, ulong borrowers, long? total)
    {
        long? count = task.Values.Count(borrowers);
        List<ulong> holders = task.TasksIn(borrowers);
        TaskWait wait = task.Because(PyWaitKind.Semaphore, "release() of", limiter);
        wait = wait with { Description = $"{wait.Description} ({PythonValues.Of(count, total)} borrowed)" };
        return holders.Count != count || count == 0 ? wait : count == 1 ? HeldBy(task, wait, holders[0]) : wait with { Tasks = holders, IsAny = true };
    }

    /// <summary>A wait for the result of a function that a thread runs.</summary>
    /// <param name="thread">The state of that thread; 0 if it is not known.</param>
    public static TaskWait Call(WaitingTask task, ulong function, ulong thread)
    {
        TaskWait wait = task.Because(PyWaitKind.Future, "to_thread.run_sync(),", function) with { Thread = thread };
        return NameOf(task, function) is string name ? wait with { Description = $"to_thread.run_sync(), {name}()" } : wait;
    }

    private static string? NameOf(WaitingTask task, ulong function)
    {
        ObjectReader objects = task.Python.Objects;
        Span<byte> buffer = stackalloc byte[MaxName];
        return objects.Is(function, ObjectKind.Function) && objects.TryGetFunctionName(function, out ulong name) ? task.Values.Text(name)
            : objects.Is(function, ObjectKind.BuiltInFunction) && objects.TryGetBuiltIn(function, buffer, out ReadOnlySpan<byte> text, out _) ? TerminalText.Escape(Encoding.UTF8.GetString(text))
            : null;
    }
}
