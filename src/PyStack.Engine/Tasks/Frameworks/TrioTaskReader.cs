using System.Collections.Generic;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Frames;
using PyStack.Engine.Waits.Reasons;

namespace PyStack.Engine.Tasks.Frameworks;

/// <summary>Reads the tasks of one <c>trio.run()</c> (class Task, trio/_core/_run.py).</summary>
/// <param name="thread">The thread state that runs them; 0 if that is not known.</param>
internal sealed class TrioTaskReader(TaskSearch search, ulong runner, ulong thread)
{
    private readonly AttributeReader _coroutine = new(search.Objects, "coro");
    private readonly AttributeReader _name = new(search.Objects, "name");
    private readonly AttributeReader _next = new(search.Objects, "_next_send_fn");
    private readonly AttributeReader _nextValue = new(search.Objects, "_next_send");
    private readonly AttributeReader _abort = new(search.Objects, "_abort_func");
    private readonly AttributeReader _nursery = new(search.Objects, "_parent_nursery");
    private readonly AttributeReader _cancelStatus = new(search.Objects, "_cancel_status");
    private readonly AttributeReader _parentTask = new(search.Objects, "_parent_task");
    private readonly TrioCancellation _cancellation = new(search);
    private readonly Dictionary<ulong, ulong> _parents = new(AddressHash.Comparer);
    private readonly double? _clockOffset = OffsetOf(search.Values, search.Values.Get(runner, "clock"u8));

    public void Add(ulong task)
    {
        ulong coroutine = _coroutine.Get(task);
        TrioLimit limit = _cancellation.Of(_cancelStatus.Get(task));

        // What goes on has something to be sent (to trio 0.14 there is the value alone). The function that ends a wait is gone once it was called, even if that was in vain.
        bool isReady = !search.Values.IsNone(_next.Get(task)) || !search.Values.IsNone(_nextValue.Get(task));
        bool ends = !isReady && !search.Values.IsNone(_abort.Get(task));
        search.Add(new RawTask
        {
            Kind = PyTaskKind.Trio,
            Address = task,
            Interpreter = search.Interpreter,
            TypeName = search.Values.TypeName(task),
            Thread = thread,
            Loop = runner,
            Name = search.Values.Text(_name.Get(task)),
            State = limit.IsCancelled ? PyTaskState.Cancelling : isReady ? PyTaskState.Ready : PyTaskState.Waiting,
            Root = search.Values.IsNone(coroutine) ? null : new StackRoot(StackRootKind.Coroutine, coroutine),
            Parent = ParentOf(_nursery.Get(task)),
            Deadline = ends && limit.Deadline is double deadline && _clockOffset is double offset ? deadline - offset : null,
        });
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
            _parents.Add(nursery, parent = _parentTask.Get(nursery));
        }

        return parent;
    }
}
