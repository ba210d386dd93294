using System.Collections.Generic;

namespace PyStack.Engine.Waits.Reasons;

/// <summary>Locks, conditions and events of <c>multiprocessing</c>: what has a frame of its own. <c>acquire()</c> has none.</summary>
internal sealed class SharedLockReader : IReasonReader
{
    private const string File = "synchronize.py";
    private const string Module = "multiprocessing.synchronize.";

    public IEnumerable<(string File, string Function)> Functions => [(File, "__enter__"), (File, "wait"), (File, "wait_for")];

    public WaitReason? Read(PythonWait wait, int index)
    {
        PythonValues values = wait.Values;
        if (wait.IsIn(index, "__enter__"))
        {
            return index != 0 ? null
                : wait.Find(0, "self", Module + "SemLock") is ulong own and not 0 ? SharedLocks.Read(wait, own)
                : wait.Find(0, "self", Module + "Condition") is ulong outer and not 0 ? SharedLocks.Read(wait, values.Get(outer, "_lock"u8))
                : null;
        }

        if (index == 0)
        {
            return wait.Find(0, "self", Module + "Condition") is ulong condition and not 0 && SharedLocks.IsWaitedFor(wait, values.Get(condition, "_wait_semaphore"u8))
                ? wait.Because(PyWaitKind.Condition, "notify() of", condition)
                : null;
        }

        return wait.Inner?.Kind == PyWaitKind.Condition && wait.Find(index, "self", Module + "Event") is ulong found and not 0 && values.Get(found, "_cond"u8) == wait.Target
            ? wait.Because(PyWaitKind.Event, "set() of", found)
            : null;
    }
}
