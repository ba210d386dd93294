using System.Collections.Generic;

namespace PyStack.Engine.Waits.Reasons;

/// <summary><c>threading.Event.wait()</c></summary>
internal sealed class EventReader : IReasonReader
{
    public IEnumerable<(string File, string Function)> Functions => [("threading.py", "wait")];

    public WaitReason? Read(PythonWait wait, int index)
        => wait.Inner?.Kind == PyWaitKind.Condition
            && wait.Self(index, "threading._Event", "threading.Event") is ulong found and not 0
            && wait.Values.Get(found, "_Event__cond"u8, "_cond"u8) == wait.Target
                ? wait.Because(PyWaitKind.Event, "set() of", found) with { Limit = wait.Inner.Limit }
                : null;
}
