using System.Collections.Generic;
using PyStack.Engine.Waits.Reasons;

namespace PyStack.Engine.Tasks.Waits;

/// <summary><c>trio.Process.wait()</c> (trio/_subprocess.py), and what it waits in where the kernel has no descriptors for processes.</summary>
internal sealed class TrioProcessReader : ITaskWaitReader
{
    public IEnumerable<(string File, string Function)> Functions => [("_subprocess.py", "wait"), ("waitid.py", "wait_child_exiting")];

    public TaskWait? Read(WaitingTask task, int index)
    {
        ulong self = task.Find(index, task.Stack[index].Code.Name == "wait" ? "self" : "process", "trio.Process");
        if (self == 0)
        {
            return null;
        }

        // Another task may be in wait() already: this one then waits for the lock of the two.
        if (task.Inner?.Kind == PyWaitKind.Lock)
        {
            return null;
        }

        PythonValues values = task.Values;
        long? pid = values.Number(values.Get(values.Get(self, "_proc"u8), "pid"u8));
        return pid is > 0 and <= int.MaxValue
            ? new TaskWait(PyWaitKind.Process, "end of") { Object = task.Values.Describe(self), Address = self, ProcessId = (int)pid }
            : task.Because(PyWaitKind.Process, "end of", self);
    }
}
