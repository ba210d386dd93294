using System.Collections.Generic;
using System.Globalization;

namespace PyStack.Engine.Tasks.Waits;

/// <summary><c>asyncio.sleep()</c>: until when is in the timer handle, which is a variable of the function.</summary>
internal sealed class SleepReader : ITaskWaitReader
{
    public IEnumerable<(string File, string Function)> Functions => [("tasks.py", "sleep")];

    public TaskWait? Read(WaitingTask task, int index)
    {
        if (index != task.First || task.Variable(index, "h") is not (ulong handle and not 0))
        {
            return null;
        }

        if (task.When(handle) is double end)
        {
            return new TaskWait(PyWaitKind.Sleep, "sleep") { Deadline = end };
        }

        // uvloop's handle is a struct of its own: then only the whole time is known.
        return task.Raw.Awaits != 0 && task.Variable(index, "future") == task.Raw.Awaits && task.Values.Seconds(task.Variable(index, "delay")) is double delay
            ? new TaskWait(PyWaitKind.Sleep, string.Create(CultureInfo.InvariantCulture, $"sleep, {delay:0.0##} s in all"))
            : null;
    }
}
