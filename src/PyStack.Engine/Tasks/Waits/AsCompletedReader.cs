using System.Collections.Generic;
using PyStack.Engine.Waits.Reasons;

namespace PyStack.Engine.Tasks.Waits;

/// <summary><c>asyncio.as_completed()</c>, which waits for a queue of tasks that have ended. Which tasks are left is known from 3.13 on only.</summary>
internal sealed class AsCompletedReader : ITaskWaitReader
{
    public IEnumerable<(string File, string Function)> Functions => [("tasks.py", "_wait_for_one")];

    public TaskWait? Read(WaitingTask task, int index)
    {
        if (task.Inner?.Kind != PyWaitKind.Queue)
        {
            return null;
        }

        PythonValues values = task.Values;
        ulong iterator = task.Find(index, "self", "asyncio.tasks._AsCompletedIterator");
        if (iterator != 0)
        {
            return task.ForFutures("as_completed() for the next", task.Context.FuturesIn(values.Get(iterator, "_todo"u8)), isAny: true) with
            {
                Object = values.Describe(iterator),
                Address = iterator,
                Deadline = task.When(values.Get(iterator, "_timeout_handle"u8)),
            };
        }

        return task.Inner with { Kind = PyWaitKind.Task, Description = "as_completed() for the next" };
    }
}
