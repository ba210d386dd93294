using System.Collections.Generic;

namespace PyStack.Engine.Tasks.Waits;

/// <summary>eventlet's functions, which all end in <c>hub.switch()</c>. When a timer resumes them, its hubs say: <see cref="Frameworks.EventletTimers"/>.</summary>
internal sealed class EventletReader : ITaskWaitReader
{
    public IEnumerable<(string File, string Function)> Functions =>
    [
        ("hub.py", "switch"), ("greenthread.py", "sleep"), ("__init__.py", "trampoline"), ("base.py", "_trampoline"), ("event.py", "wait"), ("greenthread.py", "wait"), ("queue.py", "wait"),
        ("queue.py", "get"), ("queue.py", "put"), ("semaphore.py", "acquire"), ("greenpool.py", "waitall"), ("subprocess.py", "wait"),
    ];

    public TaskWait? Read(WaitingTask task, int index)
    {
        string function = task.Stack[index].Code.Name;
        if (function == "sleep")
        {
            return task.Find(index, "timer", "eventlet.hubs.timer.Timer") == 0 ? null : new TaskWait(PyWaitKind.Sleep, "sleep");
        }

        if (function == "trampoline")
        {
            return Trampoline(task, index);
        }

        ulong self = task.Variable(index, "self");
        return Read(task, self, function);
    }

    private static TaskWait? Read(WaitingTask task, ulong self, string function)
    {
        if (self == 0)
        {
            return null;
        }

        if (task.Values.IsInstance(self, "eventlet.greenthread.GreenThread"))
        {
            return new TaskWait(PyWaitKind.Task, $"GreenThread.wait {task.Others.Describe(self)}") { Object = task.Values.Describe(self), Address = self, Tasks = [self] };
        }

        if (task.Values.IsInstance(self, "eventlet.green.subprocess.Popen"))
        {
            return task.Values.Number(task.Values.Get(self, "pid"u8)) is long id and > 0 and <= int.MaxValue
                ? new TaskWait(PyWaitKind.Process, "Popen.wait") { Object = task.Values.Describe(self), Address = self, ProcessId = (int)id }
                : null;
        }

        return task.Values.IsInstance(self, "eventlet.event.Event") ? task.Because(PyWaitKind.Event, "Event.wait", self)
            : task.Values.IsInstance(self, "eventlet.queue.LightQueue") ? task.Because(PyWaitKind.Queue, $"Queue.{function}", self)
            : task.Values.IsInstance(self, "eventlet.semaphore.Semaphore") ? task.Because(PyWaitKind.Semaphore, "Semaphore.acquire", self)
            : task.Values.IsInstance(self, "eventlet.greenpool.GreenPool") ? task.Because(PyWaitKind.Join, "GreenPool.waitall", self)
            : null;
    }

    private static TaskWait? Trampoline(WaitingTask task, int index)
        => task.Values.Number(task.Variable(index, "fileno")) is long descriptor and >= 0 and <= int.MaxValue && task.Find(index, "hub", "eventlet.hubs.hub.BaseHub") != 0
            ? new TaskWait(PyWaitKind.Select, task.Values.Bool(task.Variable(index, "write")) == true ? "until it is writable" : "until it is readable")
            {
                Descriptor = (int)descriptor,
            }
            : null;
}
