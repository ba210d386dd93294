using System.Collections.Generic;

namespace PyStack.Engine.Waits.Reasons;

/// <summary>The thread of a <c>threading.Timer</c>, until its time has come.</summary>
internal sealed class TimerReader : IReasonReader
{
    public IEnumerable<(string File, string Function)> Functions => [("threading.py", "run")];

    public WaitReason? Read(PythonWait wait, int index)
    {
        if (wait.Inner?.Kind != PyWaitKind.Event
            || wait.Self(index, "threading._Timer", "threading.Timer") is not (ulong timer and not 0)
            || wait.Values.Get(timer, "finished"u8) != wait.Target)
        {
            return null;
        }

        ulong function = wait.Values.Get(timer, "function"u8);
        string? name = function != 0 && wait.Python.Objects.Is(function, Python.Objects.ObjectKind.Function) && wait.Python.Objects.TryGetFunctionName(function, out ulong text) ? wait.Values.Text(text) : null;
        return wait.Because(PyWaitKind.Sleep, "the time of", timer, wait.Values.TypeName(timer) + (name is null ? "" : $" ({name})")) with { Limit = wait.Inner.Limit };
    }
}
