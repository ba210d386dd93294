using System.Collections.Generic;
using System.Globalization;

namespace PyStack.Engine.Tasks.Waits;

/// <summary>
/// Locks, semaphores, limiters, conditions and events of anyio (anyio/_core/_synchronization.py, anyio/_backends/_asyncio.py and _trio.py). They wait in events or futures of their event loop.
/// </summary>
internal sealed class AnyioLockReader : ITaskWaitReader
{
    public IEnumerable<(string File, string Function)> Functions =>
    [
        ("_synchronization.py", "acquire"),
        ("_synchronization.py", "wait"),
        ("_asyncio.py", "acquire"),
        ("_asyncio.py", "acquire_on_behalf_of"),
        ("_asyncio.py", "wait"),
        ("_trio.py", "wait"),
        ("_trio.py", "acquire"),
        ("_trio.py", "acquire_on_behalf_of"),
    ];

    public TaskWait? Read(WaitingTask task, int index)
    {
        ulong self = task.Variable(index, "self");

        // What trio's own locks say is all that there is to say; so is a lock of an anyio condition.
        if (self == 0 || task.Inner?.Kind is PyWaitKind.Lock or PyWaitKind.Semaphore)
        {
            return task.Inner?.Kind == PyWaitKind.Lock && task.IsIn(index, "wait") && Anyio.Is(task, self, "Condition")
                ? task.Inner with { Description = $"{task.Inner.Description} of {task.Values.Show(self)}" }
                : null;
        }

        return task.IsIn(index, "wait")
            ? Anyio.Is(task, self, "Event") ? task.Because(PyWaitKind.Event, "set() of", self)
                : Anyio.Is(task, self, "Condition") ? task.Because(PyWaitKind.Condition, "notify() of", self)
                : null
            : Anyio.Is(task, self, "Lock") ? Lock(task, self)
            : Anyio.Is(task, self, "Semaphore") ? Semaphore(task, self)
            : Anyio.Is(task, self, "CapacityLimiter") ? Limiter(task, self)
            : null;
    }

    private static TaskWait Lock(WaitingTask task, ulong self)
    {
        TaskWait wait = task.Because(PyWaitKind.Lock, "", self) with { Description = task.Values.Show(self) };
        return Anyio.TaskOf(task, task.Values.Get(self, "_owner_task"u8)) is ulong owner and not 0 ? TaskReasons.HeldBy(task, wait, owner) : wait;
    }

    private static TaskWait Semaphore(WaitingTask task, ulong self)
    {
        TaskWait wait = task.Because(PyWaitKind.Semaphore, "release() of", self);
        return task.Values.Number(task.Values.Get(self, "_value"u8)) is long value
            ? wait with { Description = string.Create(CultureInfo.InvariantCulture, $"{wait.Description} (value {value})") }
            : wait;
    }

    private static TaskWait Limiter(WaitingTask task, ulong self)
        => TaskReasons.Borrowed(task, self, task.Values.Get(self, "_borrowers"u8), task.Values.Seconds(task.Values.Get(self, "_total_tokens"u8)) is double total and > 0 and < int.MaxValue ? (long)total : null);
}
