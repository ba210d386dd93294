using System.Collections.Generic;
using PyStack.Engine.Waits.Reasons;

namespace PyStack.Engine.Tasks.Waits;

/// <summary>Locks, limiters, conditions and events of trio (trio/_sync.py), and the lots in which their tasks are parked.</summary>
internal sealed class TrioLockReader : ITaskWaitReader
{
    /// <summary>As it was called to trio 0.14.</summary>
    private const string OldLot = "trio.hazmat.ParkingLot";

    public IEnumerable<(string File, string Function)> Functions =>
    [
        ("_parking_lot.py", "park"),
        ("_sync.py", "wait"),
        ("_sync.py", "acquire"),
        ("_sync.py", "acquire_on_behalf_of"),
    ];

    public TaskWait? Read(WaitingTask task, int index)
    {
        if (task.Raw.Kind != PyTaskKind.Trio)
        {
            return null;
        }

        ulong self = task.Variable(index, "self");
        PythonValues values = task.Values;
        return values.IsInstance(self, "trio.lowlevel.ParkingLot") || values.IsInstance(self, OldLot) ? task.Because(PyWaitKind.Other, "unpark() of", self)
            : values.IsInstance(self, "trio.Event") ? task.Because(PyWaitKind.Event, "set() of", self)
            : values.IsInstance(self, "trio.Semaphore") ? task.Because(PyWaitKind.Semaphore, "release() of", self)
            : values.IsInstance(self, "trio.CapacityLimiter") ? TaskReasons.Borrowed(task, self, values.Get(self, "_borrowers"u8), values.Number(values.Get(self, "_total_tokens"u8)))
            : values.IsInstance(self, "trio.Condition") ? Condition(task, self)
            : values.IsInstance(self, "trio.Lock") || values.IsInstance(self, "trio.StrictFIFOLock") ? Lock(task, self)
            : null;
    }

    private static TaskWait Lock(WaitingTask task, ulong self, string more = "")
    {
        TaskWait wait = task.Because(PyWaitKind.Lock, "", self) with { Description = task.Values.Show(self) + more };
        ulong owner = task.Values.Get(self, "_owner"u8);
        return task.Values.IsNone(owner) ? wait : TaskReasons.HeldBy(task, wait, owner);
    }

    // A waiter that was notified is moved to the lot of the condition's lock, and its frames stay the same.
    private static TaskWait Condition(WaitingTask task, ulong self)
    {
        ulong inner = task.Values.Get(self, "_lock"u8);
        ulong parkedIn = task.Values.Get(task.Raw.Address, "custom_sleep_data"u8);
        return parkedIn != 0 && parkedIn == task.Values.Get(inner, "_lot"u8) ? Lock(task, inner, $" of {task.Values.Show(self)}") : task.Because(PyWaitKind.Condition, "notify() of", self);
    }
}
