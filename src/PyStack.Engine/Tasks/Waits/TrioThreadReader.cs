using System.Collections.Generic;

namespace PyStack.Engine.Tasks.Waits;

/// <summary>
/// <c>trio.to_thread.run_sync()</c> (trio/_threads.py). The function that hands the result over is one of its variables, and one of the thread that works on it (<c>WorkerThread._handle_job</c>,
/// trio/_core/_thread_cache.py).
/// </summary>
internal sealed class TrioThreadReader : ITaskWaitReader
{
    /// <summary>To 0.15 each call has a thread of its own, whose function has this one of the task's.</summary>
    private const string OldReport = "report_back_in_trio_thread_fn";

    public IEnumerable<(string File, string Function)> Functions => [("_threads.py", "to_thread_run_sync")];

    public TaskWait? Read(WaitingTask task, int index)
        => task.Raw.Kind == PyTaskKind.Trio && task.Inner is null && task.Variable(index, "sync_fn") is ulong function and not 0 ? TaskReasons.Call(task, function, WorkerOf(task, index)) : null;

    private static ulong WorkerOf(WaitingTask task, int index)
        => task.Variable(index, "deliver_worker_fn_result") is ulong deliver and not 0 ? task.Context.ThreadWith("deliver", deliver)
            : task.Context.ThreadWith(OldReport, task.Variable(index, OldReport));
}
