using System.Collections.Generic;

namespace PyStack.Engine.Tasks.Waits;

/// <summary><c>asyncio.Condition.wait()</c> and <c>wait_for()</c>. Who was notified waits for the condition's lock.</summary>
internal sealed class AsyncConditionReader : ITaskWaitReader
{
    public IEnumerable<(string File, string Function)> Functions => [("locks.py", "wait"), ("locks.py", "wait_for")];

    public TaskWait? Read(WaitingTask task, int index)
    {
        if (task.Find(index, "self", "asyncio.locks.Condition") is not (ulong condition and not 0))
        {
            return null;
        }

        return index == task.First ? task.Because(PyWaitKind.Condition, "notify() of", condition)
            : task.Inner is { Kind: PyWaitKind.Lock } ? task.Inner with { Description = $"{task.Inner.Description} of {task.Values.Show(condition)}" }
            : null;
    }
}
