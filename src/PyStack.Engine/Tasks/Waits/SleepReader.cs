using System.Collections.Generic;

namespace PyStack.Engine.Tasks.Waits;

/// <summary><c>asyncio.sleep()</c>: until when is in the timer handle, which is a variable of the function.</summary>
internal sealed class SleepReader : ITaskWaitReader
{
    public IEnumerable<(string File, string Function)> Functions => [("tasks.py", "sleep")];

    public TaskWait? Read(WaitingTask task, int index)
    {
        ulong handle = task.Find(index, "h", "asyncio.events.TimerHandle");
        return handle == 0 ? null : new TaskWait(PyWaitKind.Sleep, "sleep") { Deadline = task.Values.Seconds(task.Values.Get(handle, "_when"u8)) };
    }
}
