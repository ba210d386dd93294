using System;
using System.Collections.Generic;
using PyStack.Engine.Primitives;
using PyStack.Engine.Waits.Reasons;

namespace PyStack.Engine.Tasks.Waits;

/// <summary>What the readers of waits look up: the tasks and threads of one interpreter, and what is read once for all of them.</summary>
/// <param name="threads">The threads of the interpreter with their frames: decoded when the first is needed.</param>
internal sealed class WaitContext(PythonReader python, TaskDirectory tasks, Func<List<ThreadStack>> threads)
{
    /// <summary>Futures that all lists of futures together may have: more are counted as far as these go.</summary>
    private const int MaxFutures = 1 << 20;

    private readonly Dictionary<ulong, List<ulong>> _lists = new(AddressHash.Comparer);
    private List<ThreadStack>? _threads;
    private Dictionary<ulong, ulong>? _shields;
    private int _futuresLeft = MaxFutures;
    private Dictionary<ulong, ulong>? _workers;
    private readonly Dictionary<string, Dictionary<ulong, ulong>> _threadsWith = new(StringComparer.Ordinal);

    public TaskDirectory Tasks => tasks;

    public IReadOnlyList<ThreadStack> Threads => _threads ??= threads();

    public FutureObjects Futures { get; } = new(python);

    public SocketObjects Sockets { get; } = new(python);

    public LoopDescriptors Descriptors => field ??= new LoopDescriptors(python, Futures);

    /// <summary>The futures in a list, tuple or set, read once.</summary>
    public IReadOnlyList<ulong> FuturesIn(ulong collection)
    {
        if (!_lists.TryGetValue(collection, out List<ulong>? known))
        {
            known = python.Values.Items(collection, _futuresLeft);
            known = known.Count > 0 ? known : python.Values.Members(collection, _futuresLeft);
            _futuresLeft -= known.Count;
            _lists.Add(collection, known);
        }

        return known;
    }

    /// <summary>What <c>asyncio.shield()</c> has put behind a future; 0 if it is none of its.</summary>
    public ulong ShieldedBy(ulong future)
    {
        if (Futures.CallbackVariable(future, "shield.<locals>._outer_done_callback", "inner") is ulong inner and not 0)
        {
            return inner;
        }

        // To 3.7 only the inner one knows of the outer one.
        return python.Runtime.Version.Minor <= 7 ? (_shields ??= FindShields()).GetValueOrDefault(future) : 0;
    }

    /// <summary>The state of the thread of a pool that works on a <c>concurrent.futures.Future</c>; 0 if there is none in this process.</summary>
    public ulong WorkerOf(ulong future)
    {
        if (_workers is null)
        {
            _workers = new Dictionary<ulong, ulong>(AddressHash.Comparer);
            foreach (ThreadStack thread in Threads)
            {
                foreach (ulong one in WorkItems.FuturesOf(thread.Stack))
                {
                    _workers[one] = thread.Thread;
                }
            }
        }

        return _workers.GetValueOrDefault(future);
    }

    /// <summary>The state of the thread that works for a task: the first that has an object of it in a variable of this name; 0 if there is none.</summary>
    public ulong ThreadWith(string variable, ulong value)
    {
        if (!_threadsWith.TryGetValue(variable, out Dictionary<ulong, ulong>? found))
        {
            _threadsWith.Add(variable, found = new Dictionary<ulong, ulong>(AddressHash.Comparer));
            foreach (ThreadStack thread in Threads)
            {
                for (int i = 0; i < thread.Stack.Count; i++)
                {
                    if (thread.Stack.TryGetVariable(i, variable, out ulong one))
                    {
                        found.TryAdd(one, thread.Thread);
                    }
                }
            }
        }

        return found.GetValueOrDefault(value);
    }

    private Dictionary<ulong, ulong> FindShields()
    {
        Dictionary<ulong, ulong> found = new(AddressHash.Comparer);
        foreach (RawTask task in tasks.All)
        {
            ulong outer = Futures.CallbackVariable(task.Address, "shield.<locals>._done_callback", "outer");
            if (Futures.IsFuture(outer))
            {
                found[outer] = task.Address;
            }
        }

        return found;
    }
}
