using System;
using System.Collections.Generic;
using System.Globalization;

namespace PyStack.Engine.Tasks.Waits;

/// <summary>What a future says about what will give it its result: it is a task, or its callbacks or its loop's selector lead to something.</summary>
internal static class FutureReasons
{
    private const string ConcurrentFuture = "concurrent.futures._base.Future";
    private const int MaxCreationFrames = 64;

    public static TaskWait Of(WaitingTask task, ulong future)
    {
        WaitContext context = task.Context;
        if (context.Tasks.Find(future) is not null)
        {
            return new TaskWait(PyWaitKind.Task, context.Tasks.Describe(future)) { Object = task.Values.Describe(future), Address = future, Tasks = [future] };
        }

        if (task.Values.IsInstance(future, "asyncio.tasks._GatheringFuture"))
        {
            return task.ForFutures("gather()", context.FuturesIn(task.Values.Get(future, "_children"u8))) with { Object = task.Values.Describe(future), Address = future };
        }

        if (context.ShieldedBy(future) is ulong inner and not 0)
        {
            TaskWait wait = context.Tasks.Find(inner) is not null ? Of(task, inner) : Plain(task, inner);
            return wait with { Description = "shield() of " + wait.Description };
        }

        ulong source = context.Futures.CallbackVariable(future, "_chain_future.<locals>._call_check_cancel", "source");
        return source != 0 && task.Values.IsInstance(source, ConcurrentFuture) ? OfExecutor(task, source)
            : source != 0 && context.Tasks.Find(source) is not null ? Of(task, source)
            : context.Descriptors.Find(task.Raw.Loop, future) is (int descriptor, bool isWrite)
                ? task.Because(PyWaitKind.Socket, isWrite ? "a descriptor that can be written, for" : "a descriptor that can be read, for", future) with { Descriptor = descriptor }
                : Plain(task, future);
    }

    /// <summary>What a thread of an executor, or a process, works on: <c>loop.run_in_executor()</c>, <c>asyncio.to_thread()</c>, <c>asyncio.wrap_future()</c>.</summary>
    public static TaskWait OfExecutor(WaitingTask task, ulong future)
    {
        ulong worker = task.Context.WorkerOf(future);
        string? state = task.Values.Text(task.Values.Get(future, "_state"u8));
        return task.Because(PyWaitKind.Future, "result() of", future) is var wait && worker != 0 ? wait with { Thread = worker }
            : wait with { Description = $"{wait.Description} ({(state == "PENDING" ? "pending: nobody has begun it" : state?.ToLowerInvariant() ?? "?")})" };
    }

    private static TaskWait Plain(WaitingTask task, ulong future)
    {
        TaskWait wait = task.Because(PyWaitKind.Future, "", future) with { Description = task.Values.Show(future) };
        return CreationOf(task, future) is string place ? wait with { Description = $"{wait.Description}, created at {place}" } : wait;
    }

    // In debug mode: a traceback.StackSummary, which is a list of FrameSummary. The innermost line that is not asyncio's own.
    private static string? CreationOf(WaitingTask task, ulong future)
    {
        List<ulong> lines = task.Values.Items(task.Context.Futures.SourceOf(future), MaxCreationFrames);
        for (int i = lines.Count - 1; i >= 0; i--)
        {
            if (task.Python.Objects.TryReadText(task.Values.Slot(lines[i], "filename"u8), out string file) && !file.Contains("/asyncio/", StringComparison.Ordinal)
                && task.Values.Number(task.Values.Slot(lines[i], "lineno"u8)) is long line)
            {
                return string.Create(CultureInfo.InvariantCulture, $"{TerminalText.Escape(file[(file.LastIndexOf('/') + 1)..])}:{line}");
            }
        }

        return null;
    }
}
