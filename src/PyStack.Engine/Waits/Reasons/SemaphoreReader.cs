using System.Collections.Generic;

namespace PyStack.Engine.Waits.Reasons;

/// <summary><c>threading.Semaphore.acquire()</c>, also of a <c>BoundedSemaphore</c>, which knows how many there are.</summary>
internal sealed class SemaphoreReader : IReasonReader
{
    public IEnumerable<(string File, string Function)> Functions => [("threading.py", "acquire")];

    public WaitReason? Read(PythonWait wait, int index)
    {
        if (wait.Inner?.Kind != PyWaitKind.Condition
            || wait.Self(index, "threading._Semaphore", "threading.Semaphore") is not (ulong semaphore and not 0)
            || wait.Values.Get(semaphore, "_Semaphore__cond"u8, "_cond"u8) != wait.Target)
        {
            return null;
        }

        long? value = wait.Values.Number(wait.Values.Get(semaphore, "_Semaphore__value"u8, "_value"u8));
        long? most = wait.Values.Number(wait.Values.Get(semaphore, "_initial_value"u8));
        return wait.Because(PyWaitKind.Semaphore, "release() of", semaphore, $"{wait.Values.Show(semaphore)} (value {PythonValues.Of(value, most)})") with { Limit = wait.Inner.Limit };
    }
}
