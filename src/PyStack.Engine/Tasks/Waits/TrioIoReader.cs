using System.Collections.Generic;

namespace PyStack.Engine.Tasks.Waits;

/// <summary>Descriptors that trio waits for (trio/_core/_io_epoll.py).</summary>
internal sealed class TrioIoReader : ITaskWaitReader
{
    public IEnumerable<(string File, string Function)> Functions => 
    [
        ("_io_epoll.py", "_epoll_wait"),
        ("_io_epoll.py", "wait_readable"),
        ("_io_epoll.py", "wait_writable"),
        ("_generated_io_epoll.py", "wait_readable"),
        ("_generated_io_epoll.py", "wait_writable"),
    ];

    public TaskWait? Read(WaitingTask task, int index)
    {
        if (task.Stack[index].Code.Name is string name && name != "_epoll_wait")
        {
            return task.Inner is null ? null : task.Inner with { Description = name };
        }

        return task.Values.Number(task.Variable(index, "fd")) is long descriptor and >= 0 and <= int.MaxValue
            ? new TaskWait(PyWaitKind.Select, "epoll") { Descriptor = (int)descriptor }
            : null;
    }
}
