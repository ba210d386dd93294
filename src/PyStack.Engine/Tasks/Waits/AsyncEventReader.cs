using System.Collections.Generic;

namespace PyStack.Engine.Tasks.Waits;

/// <summary><c>asyncio.Event.wait()</c>.</summary>
internal sealed class AsyncEventReader : ITaskWaitReader
{
    public IEnumerable<(string File, string Function)> Functions => [("locks.py", "wait")];

    public TaskWait? Read(WaitingTask task, int index)
        => index == task.First && task.Find(index, "self", "asyncio.locks.Event") is ulong found and not 0 ? task.Because(PyWaitKind.Event, "set() of", found) : null;
}
