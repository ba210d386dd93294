using System.Collections.Generic;

namespace PyStack.Engine.Waits.Reasons;

/// <summary><c>threading.Event.wait</c></summary>
internal sealed class EventWaits : IReasonReader
{
    public IEnumerable<(string File, string Function)> Functions => [("threading.py", "wait"), ("threading.py", "run")];

    public WaitReason? Read(PythonWait wait, int index)
    {
        if (wait.TryGetSelf(index, out ulong timer, "threading", "Timer", "_Timer"))
        {
            return wait.Kernel with { Kind = PyWaitKind.Event, Action = "time of Timer", Subject = SystemCalls.SystemCallContext.Hex(timer), Object = wait.Python.ObjectText(timer) };
        }

        return wait.TryGetSelf(index, out ulong self, "threading", "Event", "_Event")
            ? wait.Kernel with { Kind = PyWaitKind.Event, Action = "set of Event", Subject = SystemCalls.SystemCallContext.Hex(self), Object = wait.Python.ObjectText(self) }
            : null;
    }
}
