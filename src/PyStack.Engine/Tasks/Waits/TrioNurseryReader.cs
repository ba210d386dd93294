using System.Collections.Generic;

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

        return task.ForFutures($"end of {task.Values.Show(nursery)}", task.Context.FuturesIn(task.Values.Get(nursery, "_children"u8))) with
        {
            Object = task.Values.Describe(nursery),
            Address = nursery,
        };
    }
}
