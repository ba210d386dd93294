using System.Collections.Generic;

namespace PyStack.Engine.Tasks.Waits;

/// <summary>
/// <c>anyio.to_thread.run_sync()</c>: on asyncio the future is a variable of the thread that works on it, too (<c>WorkerThread.run</c>, anyio/_backends/_asyncio.py); on trio it is trio's own function, with
/// another one that calls this one.
/// </summary>
internal sealed class AnyioThreadReader : ITaskWaitReader
{
    public IEnumerable<(string File, string Function)> Functions => [("_asyncio.py", "run_sync_in_worker_thread"), ("_trio.py", "run_sync_in_worker_thread")];

    public TaskWait? Read(WaitingTask task, int index)
    {
        if (task.Variable(index, "func") is not (ulong function and not 0))
        {
            return null;
        }

        return task.Raw.Kind == PyTaskKind.Trio ? task.Inner?.Kind == PyWaitKind.Future ? TaskReasons.Call(task, function, task.Inner.Thread) : null
            : index == task.First && task.Variable(index, "future") is ulong future and not 0 ? TaskReasons.Call(task, function, task.Context.ThreadWith("future", future))
            : null;
    }
}
