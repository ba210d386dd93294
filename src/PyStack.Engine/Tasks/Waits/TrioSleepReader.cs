using System.Collections.Generic;

namespace PyStack.Engine.Tasks.Waits;

/// <summary><c>trio.sleep()</c> and its like (trio/_timeouts.py): all of them are <c>sleep_forever()</c> in a cancel scope with a deadline.</summary>
internal sealed class TrioSleepReader : ITaskWaitReader
{
    public IEnumerable<(string File, string Function)> Functions => [("_timeouts.py", "sleep_forever"), ("_timeouts.py", "sleep_until"), ("_timeouts.py", "sleep")];

    public TaskWait? Read(WaitingTask task, int index)
        => task.Raw.Kind == PyTaskKind.Trio ? new TaskWait(PyWaitKind.Sleep, task.Stack[index].Code.Name == "sleep_forever" ? "sleep_forever" : "sleep") { Deadline = task.Raw.Deadline } : null;
}
