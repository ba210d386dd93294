using System.Collections.Generic;

namespace PyStack.Engine.Waits.Reasons;

/// <summary><c>multiprocessing</c>: queues, results of pools, idle workers, and the end of a process. Its locks are found by <see cref="SharedLocks"/>.</summary>
internal sealed class MultiprocessingReader : IReasonReader
{
    private const string Connection = "connection.py";
    private const string Pool = "pool.py";
    private const string Queues = "queues.py";

    public IEnumerable<(string File, string Function)> Functions =>
    [
        (Connection, "_recv"), (Connection, "_recv_bytes"), (Connection, "recv"), (Connection, "recv_bytes"), (Connection, "poll"), (Connection, "_poll"), (Connection, "wait"),
        (Connection, "_send"), (Connection, "_send_bytes"), (Connection, "send"), (Connection, "send_bytes"), ("selectors.py", "select"),
        (Queues, "get"), (Queues, "put"), (Queues, "_feed"), (Queues, "join"),
        (Pool, "wait"), (Pool, "get"), (Pool, "_handle_tasks"), (Pool, "_handle_results"), (Pool, "_handle_workers"), (Pool, "_wait_for_updates"),
        ("process.py", "join"), ("popen_fork.py", "wait"), ("popen_fork.py", "poll"), ("forking.py", "wait"), ("forking.py", "poll"),
    ];

    public WaitReason? Read(PythonWait wait, int index)
    {
        string function = wait.Stack[index].Code.Name;
        if ((function is "get" or "put") && (wait.Find(index, "self", "multiprocessing.queues.Queue") | wait.Find(index, "self", "multiprocessing.queues.SimpleQueue")) is ulong queue and not 0)
        {
            return wait.Because(PyWaitKind.Queue, function == "put" ? "put into" : "get from", queue);
        }

        if ((function is "get" or "wait") && (wait.Find(index, "self", "multiprocessing.pool.ApplyResult") | wait.Find(index, "self", "multiprocessing.pool.IMapIterator")) is ulong result and not 0)
        {
            return wait.Because(PyWaitKind.Future, "result of a pool:", result);
        }

        if (function == "join" && (wait.Find(index, "self", "multiprocessing.process.BaseProcess") | wait.Find(index, "self", "multiprocessing.process.Process")) is ulong child and not 0)
        {
            PythonValues values = wait.Values;
            ulong popen = values.Get(child, "_popen"u8);
            return popen != 0 && values.Number(values.Get(popen, "pid"u8)) is > 0 and <= int.MaxValue and long id
                ? Children.Of(wait, child, (int)id, values.Text(values.Get(child, "_name"u8)), "end of")
                : null;
        }

        bool isPool = wait.Stack.FileOf(index) is Pool;
        return function switch
        {
            "_handle_tasks" or "_handle_results" or "_handle_workers" when isPool => Idle(wait, $"something to do for the pool's thread {function}"),
            "_feed" => Idle(wait, "objects to send, for a queue's thread _feed"),
            _ => null,
        };
    }

    private static WaitReason Idle(PythonWait wait, string action)
        => wait.Kernel with { Kind = PyWaitKind.Queue, Action = action, Subject = null, Descriptors = null, HolderThreadId = null, HolderProcessId = null };
}
