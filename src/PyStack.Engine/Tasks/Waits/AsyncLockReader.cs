using System.Collections.Generic;

namespace PyStack.Engine.Tasks.Waits;

/// <summary><c>asyncio.Lock.acquire()</c>. Who has the lock is found when all tasks are known.</summary>
internal sealed class AsyncLockReader : ITaskWaitReader
{
    public IEnumerable<(string File, string Function)> Functions => [("locks.py", "acquire")];

    public TaskWait? Read(WaitingTask task, int index)
        => index == task.First && task.Find(index, "self", "asyncio.locks.Lock") is ulong found and not 0
            ? task.Because(PyWaitKind.Lock, "", found) with { Description = task.Values.Show(found), Lock = found }
            : null;
}
