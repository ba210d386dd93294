using System.Collections.Generic;

namespace PyStack.Engine.Tasks.Waits;

/// <summary><c>asyncio.sleep()</c>: until when is in the timer handle, which is a variable of the function.</summary>
internal sealed class SleepReader : ITaskWaitReader
{
    public IEnumerable<(string File, string Function)> Functions => [("tasks.py", "sleep")];

    public TaskWait? Read(WaitingTask task, int index)
        => index == task.First && task.Variable(index, "h") is ulong handle and not 0 && task.When(handle) is double end ? new TaskWait(PyWaitKind.Sleep, "sleep") { Deadline = end } : null;
}
