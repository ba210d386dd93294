using System.Collections.Generic;
using PyStack.Engine.Waits.Reasons;

namespace PyStack.Engine.Tasks.Waits;

/// <summary><c>asyncio.Barrier.wait()</c> (3.11 and later), which waits for a condition.</summary>
internal sealed class AsyncBarrierReader : ITaskWaitReader
{
    private const string File = "locks.py";

    public IEnumerable<(string File, string Function)> Functions => [(File, "_wait"), (File, "_block"), (File, "wait")];

    public TaskWait? Read(WaitingTask task, int index)
    {
        if (task.Inner is not { Kind: PyWaitKind.Condition or PyWaitKind.Lock } || task.Find(index, "self", "asyncio.locks.Barrier") is not (ulong barrier and not 0))
        {
            return null;
        }

        PythonValues values = task.Values;
        string count = PythonValues.Of(values.Number(values.Get(barrier, "_count"u8)), values.Number(values.Get(barrier, "_parties"u8)));
        TaskWait wait = task.Because(PyWaitKind.Barrier, task.IsIn(index, "_block") ? "the tasks before to leave" : "all tasks at", barrier);
        return wait with { Description = $"{wait.Description} ({count} tasks have come)" };
    }
}
