using System.Collections.Generic;
using System.Runtime.InteropServices;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Layouts;
using PyStack.Engine.Python.Objects;

namespace PyStack.Engine.Tasks.Frameworks;

/// <summary>
/// Finds who awaits a task, from what the task itself has: its callbacks, which wake up the task that awaits it, or set the future of <c>gather()</c> and its like that another
/// task awaits; from 3.14 on also the futures and tasks that it says are waiting for it.
/// </summary>
internal sealed class AsyncioAwaiters(TaskSearch search, AsyncioObjects objects)
{
    /// <summary>Futures on the way from a task to the task that awaits it: gather() in shield() in wait_for() and so on.</summary>
    private const int MaxDepth = 16;

    /// <summary>Callbacks and awaiters that are looked at for all tasks of one interpreter.</summary>
    private const int MaxInAll = 4_000_000;

    private readonly AsyncioCallbacks _callbacks = new(search, objects);

    // What awaits a future that is no task: thousands of tasks may share the one of a gather().
    private readonly Dictionary<ulong, List<ulong>> _ofFutures = new(AddressHash.Comparer);

    // Of those some of which are not of the moment of the copy.
    private readonly HashSet<ulong> _doubtful = new(AddressHash.Comparer);
    private bool _isDoubtful;
    private int _left = MaxInAll;

    /// <summary>Adds the tasks that await one, those that have waited longest first.</summary>
    public void Fill(RawTask task)
    {
        search.Watch();
        _isDoubtful = false;
        Collect(task.Address, task.AwaitedBy, 0);
        _ = task.AwaitedBy.Remove(task.Address);
        task.IsWhole &= !search.IsDoubtful && !_isDoubtful;
    }

    private void Collect(ulong future, List<ulong> awaiters, int depth)
    {
        AsyncioKind kind = objects.KindOf(future);
        if (kind == AsyncioKind.Other || _left <= 0)
        {
            return;
        }

        bool isNative = kind is AsyncioKind.NativeFuture or AsyncioKind.NativeTask;
        if (isNative)
        {
            AddCallback(objects.Field(future, objects.Layout!.FirstCallback), awaiters, depth);
        }

        ulong callbacks = isNative ? objects.Field(future, objects.Layout!.Callbacks) : objects.Attribute(future, "_callbacks"u8);
        if (callbacks != 0 && search.Objects.Is(callbacks, ObjectKind.List) && search.Objects.TryGetItems(callbacks, out ItemRange items))
        {
            for (int i = 0; i < items.Count && _left-- > 0 && search.Objects.TryReadItem(items, i, out ulong item); i++)
            {
                // From 3.7 on each is in a tuple with its context.
                AddCallback(search.Objects.Is(item, ObjectKind.Tuple) && search.Objects.TryGetItems(item, out ItemRange pair) && search.Objects.TryReadItem(pair, 0, out ulong first) ? first : item, awaiters, depth);
            }
        }

        AddAwaitedBy(future, isNative, awaiters, depth);
    }

    private void AddCallback(ulong callback, List<ulong> awaiters, int depth)
    {
        if (callback != 0 && _callbacks.TargetOf(callback) is ulong target and not 0)
        {
            AddTarget(target, awaiters, depth);
        }
    }

    private void AddTarget(ulong target, List<ulong> awaiters, int depth)
    {
        switch (objects.KindOf(target))
        {
            case AsyncioKind.NativeTask or AsyncioKind.PythonTask:
                AddOnce(target, awaiters);
                break;
            case AsyncioKind.NativeFuture or AsyncioKind.PythonFuture when depth < MaxDepth:
                if (!_ofFutures.TryGetValue(target, out List<ulong>? known))
                {
                    // Before it is filled, so that a cycle of futures ends.
                    _ofFutures.Add(target, known = []);
                    Collect(target, known, depth + 1);
                    if (search.IsDoubtful)
                    {
                        _doubtful.Add(target);
                    }
                }

                _isDoubtful |= _doubtful.Contains(target);

                foreach (ulong awaiter in CollectionsMarshal.AsSpan(known))
                {
                    AddOnce(awaiter, awaiters);
                }

                break;
            case AsyncioKind.Other when search.Values.IsInstance(target, "asyncio.queues.Queue"):
                AddGetters(target, awaiters, depth);
                break;
        }
    }

    // as_completed() gives a task that is done to a queue, from which another takes it.
    private void AddGetters(ulong queue, List<ulong> awaiters, int depth)
    {
        if (depth < MaxDepth && search.Objects.TryOpenDeque(search.Values.Get(queue, "_getters"u8), out DequeItems getters))
        {
            while (_left-- > 0 && getters.TryNext(out ulong getter))
            {
                AddTarget(getter, awaiters, depth + 1);
            }
        }
    }

    private void AddAwaitedBy(ulong future, bool isNative, List<ulong> awaiters, int depth)
    {
        AsyncioLayout? at = objects.Layout;
        if (isNative && at!.AwaitedBy is null)
        {
            return;
        }

        ulong set = isNative ? objects.Field(future, at!.AwaitedBy) : objects.Attribute(future, "_Future__asyncio_awaited_by"u8);
        if (set == 0)
        {
            return;
        }

        if (isNative && search.Memory.TryRead(future + (ulong)at!.AwaitedByIsSet!.Value, out byte isSet) && isSet == 0)
        {
            AddTarget(set, awaiters, depth);
            return;
        }

        if (search.Objects.Is(set, ObjectKind.Set) && search.Objects.TryOpenSet(set, out SetItems items))
        {
            while (_left-- > 0 && search.Objects.TryNext(ref items, out ulong awaiter))
            {
                AddTarget(awaiter, awaiters, depth);
            }
        }
    }

    private void AddOnce(ulong awaiter, List<ulong> awaiters)
    {
        // To look for it in a long list is work as well.
        _left -= 1 + (awaiters.Count / 64);
        if (_left > 0 && !awaiters.Contains(awaiter))
        {
            awaiters.Add(awaiter);
        }
    }
}
