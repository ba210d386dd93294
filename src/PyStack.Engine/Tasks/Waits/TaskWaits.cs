using System;
using System.Collections.Generic;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Frames;
using PyStack.Engine.Waits.Reasons;

namespace PyStack.Engine.Tasks.Waits;

/// <summary>Finds out what the tasks of one interpreter wait for, from their frames and from the objects that they await.</summary>
internal sealed class TaskWaits(PythonReader python)
{
    /// <summary>No reason is further out than this: the library's functions over a future.</summary>
    private const int MaxDepth = 16;

    /// <summary>A task that more wait for is looked up in a set.</summary>
    private const int ManyAwaiters = 32;

    private WaitContext _context = new(python, new TaskDirectory([]), () => []);
    private AsyncLocks _locks = new(python);

    /// <summary>Begins with the tasks of an interpreter.</summary>
    /// <param name="threads">Gives its threads with their frames.</param>
    public void Begin(List<RawTask> tasks, Func<List<ThreadStack>> threads)
    {
        _context = new WaitContext(python, new TaskDirectory(tasks), threads);
        _locks = new AsyncLocks(python);
    }

    /// <summary>What a task waits for; null if it waits for nothing that is known.</summary>
    /// <param name="stack">How its frames were found.</param>
    /// <param name="frames">Outermost first.</param>
    public TaskWait? Find(RawTask task, in RawStack stack, List<PythonFrame> frames)
    {
        if (task.State is PyTaskState.Done or PyTaskState.Ready || stack.State == GeneratorState.Finished || stack.State == GeneratorState.NotStarted)
        {
            return null;
        }

        PythonStack own = new(0, null, frames, python);
        if (stack.State != GeneratorState.Suspended)
        {
            _locks.AddRunning(task, own);
            return null;
        }

        // What trio's locks and timeouts are about is in their own objects.
        double? limit = task.Kind == PyTaskKind.Trio ? task.Deadline : _locks.Add(task, own);

        // Its turn comes although its frames are still where it waited.
        if (task.Kind == PyTaskKind.Asyncio && (task.Awaits == 0 || _context.Futures.IsPending(task.Awaits) == false))
        {
            return null;
        }

        WaitingTask waiting = new(task, own, stack.Awaits, _context);
        for (int i = waiting.First; i < frames.Count && i < MaxDepth; i++)
        {
            bool isKnown = false;
            foreach (ITaskWaitReader reader in TaskWaitReaders.Of(waiting.Stack, i))
            {
                isKnown = true;
                waiting.Inner = reader.Read(waiting, i) ?? waiting.Inner;
            }

            if (!isKnown)
            {
                break;
            }
        }

        TaskWait? found = waiting.Inner ?? (task.Awaits != 0 ? waiting.ForFuture(task.Awaits) : null);
        return found is not null && limit is not null && limit != found.Deadline ? found with { Limit = limit } : found;
    }

    /// <summary>Adds what is known only when all tasks are: who holds a lock, and who waits for whom.</summary>
    /// <param name="first">Of the tasks of this interpreter.</param>
    public void Finish(List<CapturedTask> tasks, int first)
    {
        Dictionary<ulong, HashSet<ulong>> many = new(AddressHash.Comparer);
        for (int i = first; i < tasks.Count; i++)
        {
            if (tasks[i].Wait is not TaskWait wait)
            {
                continue;
            }

            if (wait.Lock != 0)
            {
                wait = _locks.WithHolders(wait, _context);
                tasks[i] = tasks[i] with { Wait = wait };
            }

            foreach (ulong awaited in wait.Tasks)
            {
                if (_context.Tasks.Find(awaited) is RawTask other)
                {
                    AddAwaiter(other, tasks[i].Raw.Address, many);
                }
            }
        }

        for (int i = first; i < tasks.Count; i++)
        {
            // One that has ended, or that was not found: nothing is said to wait that is not shown.
            if (tasks[i].Raw.AwaitedBy.RemoveAll(one => _context.Tasks.Find(one) is null) > 0)
            {
                tasks[i] = tasks[i] with { IsWhole = false };
            }
        }
    }

    private static void AddAwaiter(RawTask task, ulong awaiter, Dictionary<ulong, HashSet<ulong>> many)
    {
        if (task.AwaitedBy.Count < ManyAwaiters)
        {
            if (!task.AwaitedBy.Contains(awaiter))
            {
                task.AwaitedBy.Add(awaiter);
            }

            return;
        }

        if (!many.TryGetValue(task.Address, out HashSet<ulong>? known))
        {
            many.Add(task.Address, known = new HashSet<ulong>(task.AwaitedBy, AddressHash.Comparer));
        }

        if (known.Add(awaiter))
        {
            task.AwaitedBy.Add(awaiter);
        }
    }
}
