using System.Collections.Generic;

namespace PyStack.Engine.Waits.Reasons;

/// <summary>The workers of executors and pools that have nothing to do, which is no trouble. A thread pool's worker waits for a queue without a frame of its own from 3.7 on.</summary>
internal sealed class WorkerReader : IReasonReader
{
    public IEnumerable<(string File, string Function)> Functions => [("thread.py", "_worker"), ("process.py", "_process_worker"), ("pool.py", "worker")];

    public WaitReason? Read(PythonWait wait, int index)
    {
        if (wait.IsIn(index, "_worker"))
        {
            ulong work = wait.Variable(index, "work_queue");
            ulong reference = wait.Variable(index, "executor_reference");
            if (work == 0 || reference == 0 || (index == 0 ? wait.Kernel.Kind != PyWaitKind.Futex || !SimpleQueues.IsWaitedFor(wait, work) : wait.Inner?.Kind != PyWaitKind.Queue || wait.Target != work))
            {
                return null;
            }

            ulong executor = wait.Values.Referent(reference);
            string? name = executor != 0 && wait.Values.IsInstance(executor, "concurrent.futures._base.Executor") ? wait.Values.Text(wait.Values.Get(executor, "_thread_name_prefix"u8)) : null;
            return wait.Because(PyWaitKind.Queue, "work for", work, $"an idle worker of {name ?? "a ThreadPoolExecutor"}");
        }

        string variable = wait.IsIn(index, "worker") ? "inqueue" : "call_queue";
        ulong queue = wait.Variable(index, variable);
        if (wait.Inner is null && index == 1 && wait.Stack.Is(0, "queues.py", "get") && wait.Values.IsInstance(queue, "multiprocessing.queues.SimpleQueue")
            && (wait.Kernel.Kind == PyWaitKind.Pipe || SharedLocks.IsWaitedFor(wait, wait.Values.Get(queue, "_rlock"u8))))
        {
            // 2.7's get() is a function inside of another one, without the queue.
            wait.Inner = wait.Because(PyWaitKind.Queue, "get from", queue);
        }

        return wait.Inner?.Kind == PyWaitKind.Queue && queue == wait.Target && queue != 0
            ? wait.Inner with { Action = "work for", Subject = $"an idle worker of {(variable == "inqueue" ? "a multiprocessing.Pool" : "a ProcessPoolExecutor")}" }
            : null;
    }
}
