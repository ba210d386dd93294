using System.Collections.Generic;

namespace PyStack.Engine.Tasks.Waits;

/// <summary>Children of asyncio: <c>Process.wait()</c> and <c>communicate()</c>.</summary>
internal sealed class AsyncSubprocessReader : ITaskWaitReader
{
    public IEnumerable<(string File, string Function)> Functions => [("base_subprocess.py", "_wait"), ("subprocess.py", "wait"), ("subprocess.py", "communicate")];

    public TaskWait? Read(WaitingTask task, int index)
    {
        bool isTransport = task.IsIn(index, "_wait");
        if (task.Find(index, "self", isTransport ? "asyncio.base_subprocess.BaseSubprocessTransport" : "asyncio.subprocess.Process") is not (ulong child and not 0))
        {
            return null;
        }

        // The process keeps the id that its transport has.
        ulong id = task.Values.Get(child, isTransport ? "_pid"u8 : "pid"u8);
        if (task.Values.Number(id) is not (> 0 and <= int.MaxValue and long processId) || (index == task.First) != (isTransport || task.IsIn(index, "communicate")))
        {
            return null;
        }

        if (index == task.First && !isTransport)
        {
            // Tasks of its own read the pipes.
            TaskWait streams = task.ForFuture(task.Raw.Awaits);
            return new TaskWait(PyWaitKind.Process, "output of") { Object = task.Values.Describe(child), Address = child, ProcessId = (int)processId, Tasks = streams.Tasks };
        }

        return new TaskWait(PyWaitKind.Process, "end of") { Object = task.Values.Describe(child), Address = child, ProcessId = (int)processId };
    }
}
