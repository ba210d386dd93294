using System.Collections.Generic;

namespace PyStack.Engine.Tasks.Waits;

/// <summary><c>anyio.to_thread.run_sync()</c> on asyncio (anyio/_backends/_asyncio.py): the future is a variable of the thread that works on it, too (<c>WorkerThread.run</c>).</summary>
internal sealed class AnyioThreadReader : ITaskWaitReader
{
    public IEnumerable<(string File, string Function)> Functions => [("_asyncio.py", "run_sync_in_worker_thread")];

    public TaskWait? Read(WaitingTask task, int index)
        => index == task.First && task.Variable(index, "func") is ulong function and not 0 && task.Variable(index, "future") is ulong future and not 0
            ? TaskReasons.Call(task, function, task.Context.ThreadWith("future", future))
            : null;
}
