using System.Collections.Generic;

namespace PyStack.Engine.Tasks.Waits;

/// <summary>The end of an <c>asyncio.TaskGroup</c> (3.11 and later), which waits for its tasks.</summary>
internal sealed class TaskGroupReader : ITaskWaitReader
{
    public IEnumerable<(string File, string Function)> Functions => [("taskgroups.py", "__aexit__"), ("taskgroups.py", "_aexit")];

    public TaskWait? Read(WaitingTask task, int index)
        => index == task.First && task.Find(index, "self", "asyncio.taskgroups.TaskGroup") is ulong group and not 0
            ? task.ForFutures($"end of {task.Values.Show(group)}", task.Context.FuturesIn(task.Values.Get(group, "_tasks"u8))) with { Object = task.Values.Describe(group), Address = group }
            : null;
}
