using System.Collections.Generic;
using PyStack.Engine.Waits.Reasons;

namespace PyStack.Engine.Tasks.Waits;

/// <summary><c>asyncio.wait()</c>, and <c>wait_for()</c> as far as it makes a task of what it waits for (to 3.11; later it is a timeout around it).</summary>
internal sealed class WaitFunctionsReader : ITaskWaitReader
{
    private const string File = "tasks.py";

    public IEnumerable<(string File, string Function)> Functions => [(File, "_wait"), (File, "wait_for"), (File, "_cancel_and_wait")];

    public TaskWait? Read(WaitingTask task, int index)
    {
        if (index != task.First)
        {
            return task.IsIn(index, "wait_for") && task.Inner is { Kind: PyWaitKind.Task } && task.Stack.Is(index - 1, File, "_cancel_and_wait")
                ? task.Inner with { Description = task.Inner.Description + ", cancelled by wait_for()" }
                : null;
        }

        double? end = task.When(task.Variable(index, "timeout_handle"));
        if (!task.IsIn(index, "_wait"))
        {
            ulong inner = task.Variable(index, "fut");
            bool isWaiter = task.Variable(index, "waiter") == task.Raw.Awaits;
            return isWaiter && task.Context.Futures.IsFuture(inner)
                ? task.ForFuture(inner) is var wait && task.IsIn(index, "wait_for") ? wait with { Description = "wait_for() of " + wait.Description, Deadline = end } : wait
                : null;
        }

        PythonValues values = task.Values;
        string? when = values.Text(task.Variable(index, "return_when"));
        ulong futures = task.Variable(index, "fs");
        return values.Count(futures) is null || task.Variable(index, "waiter") != task.Raw.Awaits ? null
            : task.ForFutures($"wait() for {(when == "FIRST_COMPLETED" ? "the first" : when == "FIRST_EXCEPTION" ? "all, or the first exception" : "all")}", task.Context.FuturesIn(futures), isAny: when != "ALL_COMPLETED") with { Deadline = end };
    }
}
