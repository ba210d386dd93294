using System.Collections.Generic;

namespace PyStack.Engine.Tasks.Waits;

/// <summary>gevent's functions that are written in Python. What the compiled ones wait for, the objects say: <see cref="Frameworks.GeventWaits"/>.</summary>
internal sealed class GeventReader : ITaskWaitReader
{
    public IEnumerable<(string File, string Function)> Functions =>
        [("lock.py", "acquire"), ("select.py", "select"), ("select.py", "poll"), ("subprocess.py", "_gevent_result_wait")];

    public TaskWait? Read(WaitingTask task, int index)
    {
        if (task.Find(index, "self", "gevent.lock.RLock") is ulong rlock and not 0)
        {
            ulong owner = task.Values.Get(rlock, "_owner"u8);
            return task.Because(PyWaitKind.RLock, "RLock.acquire", rlock) with { Holder = task.Values.IsInstance(owner, "greenlet.greenlet") ? owner : 0 };
        }

        if (task.Find(index, "self", "gevent.select.SelectResult") != 0)
        {
            List<ulong> descriptors = [.. task.Values.Items(task.Variable(index, "rlist")), .. task.Values.Items(task.Variable(index, "wlist"))];
            return new TaskWait(PyWaitKind.Select, $"select on {descriptors.Count} descriptor{(descriptors.Count == 1 ? "" : "s")}");
        }

        if (task.Find(index, "self", "gevent.select.poll") is ulong poll and not 0)
        {
            return task.Because(PyWaitKind.Select, "poll", poll);
        }

        return task.Find(index, "self", "gevent.subprocess.Popen") is ulong child and not 0 && task.Values.Number(task.Values.Get(child, "pid"u8)) is long id and > 0 and <= int.MaxValue
            ? new TaskWait(PyWaitKind.Process, "Popen.wait") { Object = task.Values.Describe(child), Address = child, ProcessId = (int)id }
            : null;
    }
}
