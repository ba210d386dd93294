using System.Collections.Generic;
using System.Globalization;

namespace PyStack.Engine.Tasks.Waits;

/// <summary>The end of a nursery's block, where its tasks are waited for (trio/_core/_run.py).</summary>
internal sealed class TrioNurseryReader : ITaskWaitReader
{
    public IEnumerable<(string File, string Function)> Functions => [("_run.py", "_nested_child_finished")];

    public TaskWait? Read(WaitingTask task, int index)
    {
        ulong nursery = task.Find(index, "self", "trio.Nursery");
        if (nursery == 0)
        {
            return null;
        }

        List<ulong> children = task.TasksIn(task.Values.Get(nursery, "_children"u8));
        TaskWait wait = task.Because(PyWaitKind.Task, "", nursery);
        return wait with
        {
            Description = children.Count == 1 ? $"end of nursery: {task.Others.Describe(children[0])}" : string.Create(CultureInfo.InvariantCulture, $"end of nursery: {children.Count} tasks"),
            Tasks = children,
        };
    }
}
