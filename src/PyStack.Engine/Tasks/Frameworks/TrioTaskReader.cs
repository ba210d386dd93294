using System;
using System.Collections.Generic;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Frames;
using PyStack.Engine.Waits.Reasons;

namespace PyStack.Engine.Tasks.Frameworks;

/// <summary>Reads the tasks of one <c>trio.run()</c> (class Task, trio/_core/_run.py).</summary>
/// <param name="thread">The thread state that runs them; 0 if that is not known.</param>
internal sealed class TrioTaskReader(TaskSearch search, ulong runner, ulong thread)
{
    /// <summary>As it was called to trio 0.14.</summary>
    private const string OldTask = "trio.hazmat.Task";

    private const int Coroutine = 0;
    private const int Name = 1;
    private const int Nursery = 2;
    private const int CancelStatus = 3;
    private const int Abort = 4;
    private const int Next = 5;
    private const int NextValue = 6;

    private readonly AttributeReader _attributes = new(search, "coro", "name", "_parent_nursery", "_cancel_status", "_abort_func", "_next_send_fn", "_next_send");
    private readonly AttributeReader _parentTask = new(search, "_parent_task");
    private readonly TrioCancellation _cancellation = new(search);
    private readonly Dictionary<ulong, ulong> _parents = new(AddressHash.Comparer);
    private readonly double? _clockOffset = OffsetOf(search.Values, search.Values.Get(runner, "clock"u8));

    public void Add(ulong task)
    {
        search.Watch();
        if (!search.Values.IsInstance(task, "trio.lowlevel.Task") && !search.Values.IsInstance(task, OldTask))
        {
            return;
        }

        Span<ulong> at = stackalloc ulong[NextValue + 1];
        _attributes.Read(task, at);
        TrioLimit limit = _cancellation.Of(at[CancelStatus]);

        // What goes on has something to be sent (to trio 0.14 there is the value alone). The function that ends a wait is gone once it was called, even if that was in vain.
        bool isReady = !search.Values.IsNone(at[Next]) || !search.Values.IsNone(at[NextValue]);
        bool ends = !isReady && !search.Values.IsNone(at[Abort]);
        RawTask found = new()
        {
            Kind = PyTaskKind.Trio,
            Address = task,
            Interpreter = search.Interpreter,
            TypeName = search.Values.TypeName(task),
            Thread = thread,
            Loop = runner,
            Name = search.Values.Text(at[Name]),
            State = limit.IsCancelled ? PyTaskState.Cancelling : isReady ? PyTaskState.Ready : PyTaskState.Waiting,
            Root = search.Values.IsNone(at[Coroutine]) ? null : new StackRoot(StackRootKind.Coroutine, at[Coroutine]),
            Parent = ParentOf(at[Nursery]),
            Deadline = ends && limit.Deadline is double deadline && _clockOffset is double offset ? deadline - offset : null,
        };
        found.IsWhole = !search.IsDoubtful;
        search.Add(found);
    }

    // trio's clock is time.perf_counter(), which is CLOCK_MONOTONIC, with something added. Another clock, as of tests, says nothing of real time.
    private static double? OffsetOf(PythonValues values, ulong clock) => values.IsInstance(clock, "trio._core._run.SystemClock") ? values.Seconds(values.Get(clock, "offset"u8)) : null;

    private ulong ParentOf(ulong nursery)
    {
        if (search.Values.IsNone(nursery))
        {
            return 0;
        }

        if (!_parents.TryGetValue(nursery, out ulong parent))
        {
            // What is doubtful for one is so for the next.
            parent = _parentTask.Get(nursery);
            if (!search.IsDoubtful)
            {
                _parents.Add(nursery, parent);
            }
        }

        return parent;
    }
}
