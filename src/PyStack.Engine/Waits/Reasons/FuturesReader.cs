using System.Collections.Generic;
using System.Globalization;

namespace PyStack.Engine.Waits.Reasons;

/// <summary><c>concurrent.futures.wait()</c> and <c>as_completed()</c>: some of several futures.</summary>
internal sealed class FuturesReader : IReasonReader
{
    private const string File = "_base.py";

    public IEnumerable<(string File, string Function)> Functions => [(File, "wait"), (File, "as_completed")];

    public WaitReason? Read(PythonWait wait, int index)
    {
        PythonValues values = wait.Values;
        if (wait.Inner?.Kind != PyWaitKind.Event
            || wait.Find(index, "waiter", "concurrent.futures._base._Waiter") is not (ulong waiter and not 0)
            || values.Get(waiter, "event"u8) != wait.Target)
        {
            return null;
        }

        bool isWait = wait.IsIn(index, "wait");
        long? all = values.Count(wait.Variable(index, "fs"));
        long? left = values.Number(values.Get(waiter, "num_pending_calls"u8)) ?? values.Count(wait.Variable(index, isWait ? "not_done" : "pending"));
        return wait.Because(PyWaitKind.Future, isWait ? "wait() for" : "as_completed() of", waiter,
            string.Create(CultureInfo.InvariantCulture, $"futures ({PythonValues.Of(left, isWait ? all : null)} not done)")) with { Limit = wait.Inner.Limit };
    }
}
