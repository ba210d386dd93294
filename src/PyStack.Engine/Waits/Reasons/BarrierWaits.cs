using System.Collections.Generic;

namespace PyStack.Engine.Waits.Reasons;

/// <summary><c>threading.Barrier.wait</c></summary>
internal sealed class BarrierWaits : IReasonReader
{
    public IEnumerable<(string File, string Function)> Functions => [("threading.py", "wait"), ("threading.py", "_wait"), ("threading.py", "_enter")];

    public WaitReason? Read(PythonWait wait, int index)
    {
        if (!wait.TryGetSelf(index, out ulong self, "threading", "Barrier"))
        {
            return null;
        }

        string state = wait.Python.TryGetNumber(self, out long parties, "_parties") && wait.Python.TryGetNumber(self, out long count, "_count") ? $", {count} of {parties} have come" : "";
        return wait.Kernel with { Kind = PyWaitKind.Barrier, Action = "Barrier", Subject = SystemCalls.SystemCallContext.Hex(self) + state, Object = wait.Python.ObjectText(self) };
    }
}
