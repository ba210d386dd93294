using System.Collections.Generic;

namespace PyStack.Engine.Tasks.Waits;

/// <summary>Task groups of anyio on asyncio (anyio/_backends/_asyncio.py): the end of their blocks, where their tasks are waited for, and the beginning of a task.</summary>
internal sealed class AnyioGroupReader : ITaskWaitReader
{
    // To anyio 3 it is in asyncio.wait() at its end.
    public IEnumerable<(string File, string Function)> Functions => [("_asyncio.py", "__aexit__"), ("_asyncio.py", "start"), ("tasks.py", "wait")];

    public TaskWait? Read(WaitingTask task, int index)
    {
        ulong group = task.Find(index, "self", "anyio._backends._asyncio.TaskGroup");
        if (group == 0)
        {
            return null;
        }

        if (task.IsIn(index, "start"))
        {
            ulong begun = task.Variable(index, "task");
            return task.Others.Find(begun) is null ? null
                : task.Because(PyWaitKind.Task, "", begun) with { Description = $"started() of {task.Others.Describe(begun)}", Tasks = [begun] };
        }

        // To anyio 3 its cancel scope has them.
        ulong tasks = task.Values.Get(group, "_tasks"u8);
        tasks = tasks != 0 ? tasks : task.Values.Get(task.Values.Get(group, "cancel_scope"u8), "_tasks"u8);
        return task.ForFutures($"end of {task.Values.Show(group)}", task.Context.FuturesIn(tasks)) with { Object = task.Values.Describe(group), Address = group };
    }
}
