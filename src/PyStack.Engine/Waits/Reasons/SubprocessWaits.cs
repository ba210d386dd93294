using System.Collections.Generic;
using System.Globalization;

namespace PyStack.Engine.Waits.Reasons;

/// <summary><c>subprocess</c>: the end of a child, and its output.</summary>
internal sealed class SubprocessWaits : IReasonReader
{
    public IEnumerable<(string File, string Function)> Functions =>
    [
        ("subprocess.py", "wait"), ("subprocess.py", "_wait"), ("subprocess.py", "_try_wait"), ("subprocess.py", "communicate"), ("subprocess.py", "_communicate"),
        ("subprocess.py", "_communicate_with_poll"), ("subprocess.py", "_communicate_with_select"), ("subprocess.py", "_eintr_retry_call"), ("subprocess.py", "_stdin_write"),
        ("subprocess.py", "__exit__"), ("subprocess.py", "_execute_child"), ("selectors.py", "select"),
    ];

    public WaitReason? Read(PythonWait wait, int index)
    {
        if (!wait.TryGetSelf(index, out ulong self, "subprocess", "Popen") || !wait.Python.TryGetNumber(self, out long pid, "pid"))
        {
            return null;
        }

        // wait4 names the child itself, with its state.
        if (wait.Kernel.Kind == PyWaitKind.Process)
        {
            return wait.Kernel with { Object = wait.Python.ObjectText(self) };
        }

        if (!wait.Stack[index].Code.Name.Contains("communicate", System.StringComparison.Ordinal))
        {
            return null;
        }

        int child = wait.Threads.Target is Targets.Live.LiveProcess process && pid is > 0 and <= int.MaxValue ? new SystemCalls.Children(process.ProcessId).ToObserver((int)pid) : 0;
        return wait.Kernel with
        {
            Kind = PyWaitKind.Process,
            Action = "output or end of child",
            Subject = string.Create(CultureInfo.InvariantCulture, $"{(child > 0 ? child : pid)} (communicate)"),
            Object = wait.Python.ObjectText(self),
            Descriptors = null,
            HolderProcessId = child > 0 ? child : null,
            IsHolderGone = child > 0 ? false : null,
        };
    }
}
