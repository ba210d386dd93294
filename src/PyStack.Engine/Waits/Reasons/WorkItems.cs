using System.Collections.Generic;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Waits.Reasons;

/// <summary>The threads of pools and the futures that they work on: the frames of <c>_WorkItem.run()</c> (Lib/concurrent/futures/thread.py). Looked for once, when a thread waits for a future.</summary>
internal sealed class WorkItems(PythonThreads threads)
{
    private Dictionary<ulong, int>? _workers;

    /// <summary>The thread that works on a future, as the observer counts; 0 if there is none in this process.</summary>
    public int WorkerOf(ulong future) => (_workers ??= Read()).GetValueOrDefault(future);

    /// <summary>The futures that a thread works on: mostly one.</summary>
    public static IEnumerable<ulong> FuturesOf(PythonStack stack)
    {
        for (int i = 0; i < stack.Count; i++)
        {
            if (stack.Is(i, "thread.py", "run")
                && stack.TryGetVariable(i, "self", out ulong item)
                && stack.Python.Values.IsInstance(item, "concurrent.futures.thread._WorkItem")
                && stack.Python.Values.Get(item, "future"u8) is ulong future and not 0)
            {
                yield return future;
            }
        }
    }

    private Dictionary<ulong, int> Read()
    {
        Dictionary<ulong, int> workers = new(AddressHash.Comparer);
        foreach (PythonStack stack in threads.Stacks)
        {
            foreach (ulong future in FuturesOf(stack))
            {
                workers[future] = stack.ThreadId;
            }
        }

        return workers;
    }
}
