using System.Collections.Generic;

namespace PyStack.Engine.Waits.Reasons;

/// <summary><c>threading.Barrier.wait()</c>: how many threads have come.</summary>
internal sealed class BarrierReader : IReasonReader
{
    private const string File = "threading.py";

    public IEnumerable<(string File, string Function)> Functions => [(File, "wait"), (File, "_wait"), (File, "_enter")];

    public WaitReason? Read(PythonWait wait, int index)
    {
        if (wait.Inner?.Kind != PyWaitKind.Condition
            || !wait.IsIn(index, "wait")
            || wait.Find(index, "self", "threading.Barrier") is not (ulong barrier and not 0)
            || wait.Values.Get(barrier, "_cond"u8) != wait.Target)
        {
            return null;
        }

        // 0: it fills; else those who have been let go have not all left it (Lib/threading.py).
        long? parties = wait.Values.Number(wait.Values.Get(barrier, "_parties"u8));
        string state = wait.Values.Number(wait.Values.Get(barrier, "_state"u8)) is null or 0
            ? wait.Values.Number(wait.Values.Get(barrier, "_count"u8)) is long count ? PythonValues.Of(count, parties) + " threads have come" : $"of {PythonValues.Of(parties, null)} threads"
            : "until the threads of the last round have left it";
        return wait.Because(PyWaitKind.Barrier, "all threads at", barrier, $"{wait.Values.Show(barrier)} ({state})");
    }
}
