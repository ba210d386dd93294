using System.Collections.Generic;

namespace PyStack.Engine.Waits.Reasons;

/// <summary>The event loop of trio that has nothing to do (trio/_core/_run.py, run()).</summary>
internal sealed class TrioReader : IReasonReader
{
    public IEnumerable<(string File, string Function)> Functions => [("_io_epoll.py", "get_events"), ("_run.py", "run")];

    public WaitReason? Read(PythonWait wait, int index)
    {
        if (wait.Kernel.Kind != PyWaitKind.Select || wait.Find(index, "runner", "trio._core._run.Runner") is not (ulong runner and not 0))
        {
            return null;
        }

        string tasks = LoopTasks.Words(wait.Values.Count(wait.Values.Get(runner, "tasks"u8)), "") is string many ? $"; {many}" : "";
        return wait.Because(PyWaitKind.Select, $"trio event loop (no task is ready{tasks}): {wait.Kernel.Action}", runner) with { Subject = null };
    }
}
