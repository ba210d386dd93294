using System.Collections.Generic;
using System.Globalization;

namespace PyStack.Engine.Waits.Reasons;

/// <summary><c>multiprocessing.Pool</c>: results, its own threads, and its end; and the thread that manages a <c>ProcessPoolExecutor</c>.</summary>
internal sealed class PoolReader : IReasonReader
{
    private const string File = "pool.py";
    private const string Module = "multiprocessing.pool.";

    public IEnumerable<(string File, string Function)> Functions =>
    [
        (File, "wait"), (File, "get"), (File, "next"), (File, "_handle_tasks"), (File, "_handle_results"), (File, "_handle_workers"), (File, "_wait_for_updates"), (File, "join"),
        ("process.py", "wait_result_broken_or_wakeup"), ("process.py", "_queue_management_worker"),
    ];

    public WaitReason? Read(PythonWait wait, int index)
    {
        string function = wait.Stack[index].Code.Name;
        switch (function)
        {
            case "wait" or "next":
                return OfResult(wait, index);
            case "_handle_tasks" when wait.Inner?.Kind == PyWaitKind.Queue:
                return wait.Inner with { Action = "tasks for", Subject = "a multiprocessing.Pool (its thread _handle_tasks, idle)" };
            case "_handle_results" when wait.Kernel.Kind == PyWaitKind.Pipe || wait.Inner?.Kind == PyWaitKind.Queue:
                return (wait.Inner ?? wait.Kernel) with { Kind = PyWaitKind.Queue, Action = "results of", Subject = "the workers of a multiprocessing.Pool (its thread _handle_results)" };
            case "_handle_workers" when wait.Kernel.Kind is PyWaitKind.Select or PyWaitKind.Sleep:
                return wait.Kernel with { Action = $"changes of the workers of a multiprocessing.Pool (its thread _handle_workers): {wait.Kernel.Action}" };
            case "join" when wait.Inner?.Kind is PyWaitKind.Join or PyWaitKind.Process && wait.Find(index, "self", Module + "Pool") is ulong pool and not 0:
                return wait.Inner with { Subject = $"{wait.Inner.Subject}, in join() of {wait.Values.TypeName(pool)}" };
            case "wait_result_broken_or_wakeup" or "_queue_management_worker" when wait.Kernel.Kind is PyWaitKind.Select or PyWaitKind.Pipe && wait.Inner is null:
                return wait.Kernel with { Action = $"results of the workers of a ProcessPoolExecutor (its management thread): {wait.Kernel.Action}" };
            default:
                return null;
        }
    }

    // 2.7 has a condition and no event.
    private static WaitReason? OfResult(PythonWait wait, int index)
    {
        PythonValues values = wait.Values;
        ulong result = wait.Find(index, "self", Module + "ApplyResult");
        result = result != 0 ? result : wait.Find(index, "self", Module + "IMapIterator");
        if (result == 0 || wait.Inner is null || wait.Target == 0 || (values.Get(result, "_event"u8) != wait.Target && values.Get(result, "_cond"u8) != wait.Target))
        {
            return null;
        }

        string left = values.Number(values.Get(result, "_number_left"u8)) is long count ? string.Create(CultureInfo.InvariantCulture, $" ({count} left)") : "";
        return wait.Because(PyWaitKind.Future, "result of", result, values.Show(result) + left) with { Limit = wait.Inner.Limit };
    }
}
