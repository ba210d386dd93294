using System.Collections.Generic;

namespace PyStack.Engine.Waits.Reasons;

/// <summary><c>threading.Semaphore.acquire</c></summary>
internal sealed class SemaphoreWaits : IReasonReader
{
    public IEnumerable<(string File, string Function)> Functions => [("threading.py", "acquire")];

    public WaitReason? Read(PythonWait wait, int index)
    {
        if (!wait.TryGetSelf(index, out ulong self, "threading", "Semaphore", "_Semaphore"))
        {
            return null;
        }

        string value = wait.Python.TryGetNumber(self, out long number, "_value", "_Semaphore__value") ? $", value {number}" : "";
        return wait.Kernel with
        {
            Kind = PyWaitKind.Semaphore,
            Action = "release of " + wait.Python.ClassOf(self),
            Subject = SystemCalls.SystemCallContext.Hex(self) + value,
            Object = wait.Python.ObjectText(self),
        };
    }
}
