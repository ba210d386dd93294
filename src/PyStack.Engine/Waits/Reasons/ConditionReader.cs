using System.Collections.Generic;
using System.Globalization;

namespace PyStack.Engine.Waits.Reasons;

/// <summary><c>threading.Condition.wait()</c>: it sleeps on a lock of its own, which <c>notify()</c> releases.</summary>
internal sealed class ConditionReader : IReasonReader
{
    private const string File = "threading.py";

    public IEnumerable<(string File, string Function)> Functions => [(File, "wait"), (File, "wait_for")];

    public WaitReason? Read(PythonWait wait, int index)
    {
        if (index != 0 || wait.Self(0, "threading._Condition", "threading.Condition") is not (ulong condition and not 0) || wait.Variable(0, "waiter") is not (ulong waiter and not 0))
        {
            return null;
        }

        // With a timeout 2.7 looks again and again, and sleeps meanwhile. Afterwards a thread waits for the lock of the condition.
        bool isPolling = wait.Python.Objects.IsPython2 && wait.Kernel.Kind == PyWaitKind.Sleep;
        if (!isPolling && !wait.IsLock(waiter))
        {
            return null;
        }

        long? waiters = wait.Values.Count(wait.Values.Get(condition, "_Condition__waiters"u8, "_waiters"u8));
        string others = waiters > 1 ? string.Create(CultureInfo.InvariantCulture, $" ({waiters} threads wait for it)") : "";
        WaitReason reason = wait.Because(PyWaitKind.Condition, "notify() of", condition, wait.Values.Show(condition) + others);
        return isPolling ? reason with { Limit = wait.Until(wait.Variable(0, "endtime"), WaitTimes.Realtime) } : reason;
    }
}
