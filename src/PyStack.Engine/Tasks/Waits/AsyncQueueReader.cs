using System.Collections.Generic;
using System.Globalization;
using PyStack.Engine.Waits.Reasons;

namespace PyStack.Engine.Tasks.Waits;

/// <summary><c>asyncio.Queue</c> and those that inherit from it: get, put and join, which waits for an event.</summary>
internal sealed class AsyncQueueReader : ITaskWaitReader
{
    private const string File = "queues.py";

    public IEnumerable<(string File, string Function)> Functions => [(File, "get"), (File, "put"), (File, "join")];

    public TaskWait? Read(WaitingTask task, int index)
    {
        if (task.Find(index, "self", "asyncio.queues.Queue") is not (ulong queue and not 0))
        {
            return null;
        }

        PythonValues values = task.Values;
        if (task.IsIn(index, "join"))
        {
            string left = string.Create(CultureInfo.InvariantCulture, $" ({values.Number(values.Get(queue, "_unfinished_tasks"u8))} unfinished tasks)");
            return task.Inner?.Kind == PyWaitKind.Event ? Because(task, "join() of", queue, left) : null;
        }

        // Of a PriorityQueue it is a list.
        string size = PythonValues.Of(values.Count(values.Get(queue, "_queue"u8)), values.Number(values.Get(queue, "_maxsize"u8)));
        return index != task.First ? null : task.IsIn(index, "get") ? Because(task, "get from", queue, $" (empty, {size})") : Because(task, "put into", queue, $" (full, {size})");
    }

    private static TaskWait Because(WaitingTask task, string action, ulong queue, string more)
    {
        TaskWait wait = task.Because(PyWaitKind.Queue, action, queue);
        return wait with { Description = wait.Description + more };
    }
}
