using System.Collections.Generic;
using PyStack.Engine.Python.Objects;

namespace PyStack.Engine.Tasks.Waits;

/// <summary>
/// <c>trio.to_thread.run_sync()</c> (trio/_threads.py). The function that hands the result over is one of its variables, and one of the thread that works on it (<c>WorkerThread._handle_job</c>,
/// trio/_core/_thread_cache.py).
/// </summary>
internal sealed class TrioThreadReader : ITaskWaitReader
{
    public IEnumerable<(string File, string Function)> Functions => [("_threads.py", "to_thread_run_sync")];

    public TaskWait? Read(WaitingTask task, int index)
    {
        if (task.Raw.Kind != PyTaskKind.Trio || task.Inner is not null || task.Variable(index, "sync_fn") is not (ulong function and not 0))
        {
            return null;
        }

        TaskWait wait = task.Because(PyWaitKind.Future, "to_thread.run_sync(),", function) with { Thread = task.Context.ThreadWith("deliver", task.Variable(index, "deliver_worker_fn_result")) };
        return task.Python.Objects.Is(function, ObjectKind.Function) && task.Python.Objects.TryGetFunctionName(function, out ulong name) && task.Values.Text(name) is string text
            ? wait with { Description = $"to_thread.run_sync(), {text}()" }
            : wait;
    }
}
