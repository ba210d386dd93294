using System;
using System.Collections.Generic;
using PyStack.Engine.Waits.SystemCalls;

namespace PyStack.Engine.Waits.Reasons;

/// <summary><c>multiprocessing</c>: queues, results of pools, idle workers, the end of a process, and its locks.</summary>
internal sealed class MultiprocessingWaits : IReasonReader
{
    public IEnumerable<(string File, string Function)> Functions =>
    [
        ("connection.py", "_recv"), ("connection.py", "_recv_bytes"), ("connection.py", "recv"), ("connection.py", "recv_bytes"), ("connection.py", "poll"), ("connection.py", "_poll"),
        ("connection.py", "wait"), ("connection.py", "_send"), ("connection.py", "_send_bytes"), ("connection.py", "send"), ("connection.py", "send_bytes"),
        ("queues.py", "get"), ("queues.py", "put"), ("queues.py", "join"), ("queues.py", "_feed"), ("queues.py", "join_thread"),
        ("pool.py", "wait"), ("pool.py", "get"), ("pool.py", "worker"), ("pool.py", "_handle_tasks"), ("pool.py", "_handle_results"), ("pool.py", "_handle_workers"), ("pool.py", "_wait_for_updates"),
        ("pool.py", "join"), ("process.py", "join"), ("popen_fork.py", "wait"), ("popen_fork.py", "poll"), ("popen_forkserver.py", "poll"), ("forking.py", "wait"), ("forking.py", "poll"),
        ("synchronize.py", "__enter__"), ("synchronize.py", "wait"), ("synchronize.py", "acquire"), ("selectors.py", "select"),
        ("managers.py", "_callmethod"),
    ];

    public WaitReason? Read(PythonWait wait, int index)
    {
        string function = wait.Stack[index].Code.Name;
        if (wait.TryGetSelf(index, out ulong self, "multiprocessing.queues", "Queue", "SimpleQueue"))
        {
            return function == "put" || function == "get" ? Of(wait, self, PyWaitKind.Queue, $"{(function == "put" ? "put into" : "get from")} multiprocessing.{wait.Python.ClassOf(self)}") : null;
        }

        if (wait.TryGetSelf(index, out self, "multiprocessing.pool", "ApplyResult"))
        {
            return Of(wait, self, PyWaitKind.Future, "result of a pool: " + wait.Python.ClassOf(self));
        }

        if (wait.TryGetSelf(index, out self, "multiprocessing.process", "BaseProcess", "Process"))
        {
            string? name = wait.Python.GetText(self, "_name");
            return wait.Kernel.Kind == PyWaitKind.Process || function == "join"
                ? Of(wait, self, PyWaitKind.Process, wait.Kernel.Kind == PyWaitKind.Process ? wait.Kernel.Action : "end of process") with
                {
                    Subject = wait.Kernel.Kind == PyWaitKind.Process ? wait.Kernel.Subject + (name is null ? "" : $" ({name})") : name ?? SystemCallContext.Hex(self),
                }
                : null;
        }

        if (wait.TryGetSelf(index, out self, "multiprocessing.synchronize", "SemLock", "Condition", "Event", "Barrier"))
        {
            string kind = wait.Python.ClassOf(self);
            return Of(wait, self, KindOf(kind), "multiprocessing." + kind);
        }

        return function switch
        {
            "worker" when wait.Stack.FileOf(index).SequenceEqual("pool.py") => wait.Kernel with { Kind = PyWaitKind.Queue, Action = "work for an idle worker of a pool" , Subject = null },
            "_handle_tasks" or "_handle_results" or "_handle_workers" => wait.Kernel with { Kind = PyWaitKind.Queue, Action = $"work for a pool's thread {function}", Subject = null },
            "_feed" => wait.Kernel with { Kind = PyWaitKind.Queue, Action = "objects to send for a queue's thread _feed", Subject = null },
            _ => null,
        };
    }

    private static WaitReason Of(PythonWait wait, ulong self, PyWaitKind kind, string action) => wait.Kernel with
    {
        Kind = kind,
        Action = action,
        Subject = SystemCallContext.Hex(self),
        Object = wait.Python.ObjectText(self),
    };

    private static PyWaitKind KindOf(string name) => name switch
    {
        "Lock" => PyWaitKind.Lock,
        "RLock" => PyWaitKind.RLock,
        "Condition" => PyWaitKind.Condition,
        "Event" => PyWaitKind.Event,
        "Barrier" => PyWaitKind.Barrier,
        _ => PyWaitKind.Semaphore,
    };
}
