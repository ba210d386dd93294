using System;
using System.Collections.Generic;

namespace PyStack.Engine.Waits.Reasons;

/// <summary><c>subprocess</c>: the end of a child, also where it is looked for again and again because of a timeout, and its output.</summary>
internal sealed class SubprocessReader : IReasonReader
{
    private const string File = "subprocess.py";

    public IEnumerable<(string File, string Function)> Functions =>
    [
        (File, "wait"), (File, "_wait"), (File, "_try_wait"), (File, "_wait_pidfd"), (File, "communicate"), (File, "_communicate"), (File, "_communicate_with_poll"), (File, "_communicate_with_select"),
        (File, "_communicate_io_posix"), (File, "_eintr_retry_call"), (File, "poll"), ("selectors.py", "select"),
    ];

    public WaitReason? Read(PythonWait wait, int index)
    {
        // The system call's own words of a child are the same as these.
        PythonValues values = wait.Values;
        if (wait.Find(index, "self", "subprocess.Popen") is not (ulong child and not 0)
            || values.Number(values.Get(child, "pid"u8)) is not (> 0 and <= int.MaxValue and long id)
            || wait.Inner?.Kind == PyWaitKind.Process)
        {
            return null;
        }

        bool isOutput = wait.Stack[index].Code.Name.Contains("communicate", StringComparison.Ordinal) && wait.Kernel.Kind is PyWaitKind.Select or PyWaitKind.Pipe or PyWaitKind.File or PyWaitKind.Socket;
        bool isPolling = wait.Kernel.Kind == PyWaitKind.Sleep || wait.IsIn(index, "_wait_pidfd");
        if (!isOutput && !isPolling && wait.Kernel.Kind != PyWaitKind.Process)
        {
            return null;
        }

        // A pause of a moment between two looks is not the time that is left.
        WaitReason reason = Children.Of(wait, child, (int)id, Arguments(wait, child), isOutput ? "output of" : "end of");
        if (isOutput && reason.Descriptors is not null)
        {
            reason = reason with { Action = $"{reason.Action} {reason.Subject}: {wait.Kernel.Action}", Subject = null };
        }
        else if (!isOutput)
        {
            reason = reason with { Descriptors = null };
        }

        return isPolling ? reason with { Limit = wait.Until(wait.Variable(index, "endtime"), WaitTimes.Monotonic) } : reason;
    }

    // 2.7 does not keep them.
    private static string? Arguments(PythonWait wait, ulong child)
    {
        ulong arguments = wait.Values.Get(child, "args"u8);
        return wait.Values.Text(arguments) is not null ? wait.Values.Arguments([arguments]) : wait.Values.Arguments(wait.Values.Items(arguments));
    }
}
