using System.Globalization;
using PyStack.Engine.Targets.Live;
using PyStack.Engine.Waits.SystemCalls;

namespace PyStack.Engine.Waits.Reasons;

/// <summary>A child that a thread waits for, by the id that the target knows it by.</summary>
internal static class Children
{
    /// <param name="child">The object for it.</param>
    /// <param name="id">As the target counts.</param>
    /// <param name="words">What the target knows of it, escaped, where the system does not.</param>
    public static WaitReason Of(PythonWait wait, ulong child, int id, string? words, string action)
    {
        string named = words is null ? "" : $" ({words})";
        WaitReason reason = wait.Because(PyWaitKind.Process, action, child, string.Create(CultureInfo.InvariantCulture, $"child {id}{named}"));
        return wait.Threads.Target is LiveProcess process && new SystemCalls.Children(process.ProcessId).ToObserver(id) is > 0 and int observed ? ChildCalls.OfChild(reason, observed) : reason;
    }
}
