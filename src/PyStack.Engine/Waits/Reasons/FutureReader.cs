using System.Collections.Generic;

namespace PyStack.Engine.Waits.Reasons;

/// <summary><c>concurrent.futures.Future.result()</c> and <c>exception()</c>: who works on it.</summary>
internal sealed class FutureReader : IReasonReader
{
    private const string File = "_base.py";

    public IEnumerable<(string File, string Function)> Functions => [(File, "result"), (File, "exception"), (File, "_result_or_cancel")];

    public WaitReason? Read(PythonWait wait, int index)
    {
        PythonValues values = wait.Values;
        if (wait.Inner?.Kind != PyWaitKind.Condition
            || wait.Find(index, "self", "concurrent.futures._base.Future") is not (ulong future and not 0)
            || values.Get(future, "_condition"u8) != wait.Target)
        {
            return null;
        }

        if (LoopWork.Of(wait, future) is (ulong task, int loopThread, string words))
        {
            return wait.Because(PyWaitKind.Future, wait.IsIn(index, "exception") ? "exception() of" : "result() of", future, $"{values.Show(future)} ({words})") with
            {
                HolderThreadId = loopThread,
                HolderTask = task,
                IsHolderGone = false,
                Limit = wait.Inner.Limit,
            };
        }

        int worker = wait.Threads.Works.WorkerOf(future);
        string? state = values.Text(values.Get(future, "_state"u8));
        string text = worker > 0 ? $"running in {wait.Threads.Describe(worker)}" : state == "PENDING" ? "pending: nobody has begun it" : state?.ToLowerInvariant() ?? "?";
        string action = wait.IsIn(index, "exception") ? "exception() of" : "result() of";
        return wait.Because(PyWaitKind.Future, action, future, $"{values.Show(future)} ({text})") with { HolderThreadId = worker > 0 ? worker : null, IsHolderGone = worker > 0 ? false : null, Limit = wait.Inner.Limit };
    }
}
