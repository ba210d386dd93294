using System.Collections.Generic;
using System.Globalization;
using PyStack.Engine.Waits.SystemCalls;

namespace PyStack.Engine.Waits.Reasons;

/// <summary><c>concurrent.futures</c>: results, several of them, the end of an executor, and its threads that have nothing to do.</summary>
internal sealed class FutureWaits : IReasonReader
{
    public IEnumerable<(string File, string Function)> Functions =>
    [
        ("_base.py", "result"), ("_base.py", "exception"), ("_base.py", "wait"), ("_base.py", "as_completed"), ("_base.py", "result_iterator"), ("_base.py", "_result_or_cancel"),
        ("thread.py", "_worker"), ("thread.py", "shutdown"), ("process.py", "shutdown"), ("_base.py", "__exit__"),
        ("process.py", "wait_result_broken_or_wakeup"), ("process.py", "_process_worker"),
    ];

    public WaitReason? Read(PythonWait wait, int index)
    {
        switch (wait.Stack[index].Code.Name)
        {
            case "result" or "exception" when wait.TryGetSelf(index, out ulong self, "concurrent.futures._base", "Future"):
                string state = wait.Python.GetText(self, "_state") is string said ? ", " + said.ToLowerInvariant() : "";
                return wait.Kernel with { Kind = PyWaitKind.Future, Action = "result of Future", Subject = SystemCallContext.Hex(self) + state, Object = wait.Python.ObjectText(self) };
            case "wait" or "as_completed" when wait.Stack.TryGetVariable(index, "fs", out ulong several):
                long count = wait.Python.CountOf(several);
                return wait.Kernel with { Kind = PyWaitKind.Future, Action = "any or all", Subject = count < 0 ? "of some futures" : string.Create(CultureInfo.InvariantCulture, $"of {count} futures") };
            case "_worker" when wait.Stack.TryGetVariable(index, "work_queue", out ulong queue):
                return wait.Kernel with { Kind = PyWaitKind.Queue, Action = "work for an idle thread of ThreadPoolExecutor", Object = wait.Python.ObjectText(queue), Subject = null };
            case "_process_worker":
                return wait.Kernel with { Kind = PyWaitKind.Queue, Action = "work for an idle process of ProcessPoolExecutor", Subject = null };
            case "wait_result_broken_or_wakeup":
                return wait.Kernel with { Kind = PyWaitKind.Queue, Action = "results of a ProcessPoolExecutor's processes", Subject = null };
            case "shutdown" when wait.TryGetSelf(index, out ulong executor, "concurrent.futures._base", "Executor"):
                return OfShutdown(wait, index, executor);
            default:
                return null;
        }
    }

    private static WaitReason? OfShutdown(PythonWait wait, int index, ulong executor)
    {
        if (wait.Stack.TryGetVariable(index, "t", out ulong thread) && wait.Python.IsOf(thread, "threading", "Thread"))
        {
            return JoinWaits.Of(wait, thread, $"shutdown of {wait.Python.ClassOf(executor)}: end of thread");
        }

        return wait.Kernel with { Kind = PyWaitKind.Join, Action = "shutdown of " + wait.Python.ClassOf(executor), Subject = SystemCallContext.Hex(executor), Object = wait.Python.ObjectText(executor) };
    }
}
