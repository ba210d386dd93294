using System.Collections.Generic;

namespace PyStack.Engine.Waits.Reasons;

/// <summary><c>multiprocessing.Process.join()</c>: the end of a child.</summary>
internal sealed class ProcessReader : IReasonReader
{
    public IEnumerable<(string File, string Function)> Functions
        => [("process.py", "join"), ("popen_fork.py", "wait"), ("popen_fork.py", "poll"), ("popen_forkserver.py", "poll"), ("forking.py", "wait"), ("forking.py", "poll")];

    public WaitReason? Read(PythonWait wait, int index)
    {
        PythonValues values = wait.Values;
        if (wait.IsIn(index, "join"))
        {
            return wait.Inner?.Kind == PyWaitKind.Process && wait.Self(index, "multiprocessing.process.Process", "multiprocessing.process.BaseProcess") is ulong process and not 0
                && values.Get(process, "_popen"u8) == wait.Target
                    ? wait.Inner with { Subject = $"{wait.Inner.Subject} ({values.Text(values.Get(process, "_name"u8)) ?? values.TypeName(process)})", Object = values.Describe(process) }
                    : null;
        }

        if (wait.Self(index, "multiprocessing.forking.Popen", "multiprocessing.popen_fork.Popen") is not (ulong child and not 0)
            || values.Number(values.Get(child, "pid"u8)) is not (> 0 and <= int.MaxValue and long id)
            || wait.Kernel.Kind is not (PyWaitKind.Process or PyWaitKind.Select or PyWaitKind.Pipe or PyWaitKind.Sleep)
            || wait.Inner is not null)
        {
            return null;
        }

        WaitReason reason = Children.Of(wait, child, (int)id, null, "end of") with { Descriptors = null };
        return wait.Kernel.Kind == PyWaitKind.Sleep ? reason with { Limit = wait.Until(wait.Variable(index, "deadline"), WaitTimes.Realtime) } : reason;
    }
}
