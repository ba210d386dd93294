namespace PyStack.Engine.Python.Layouts;

/// <summary>
/// <c>FutureObj</c> and <c>TaskObj</c> of the module <c>_asyncio</c> (Modules/_asynciomodule.c), which begin with the same fields, and what thread states and interpreters have of asyncio.
/// </summary>
internal sealed record AsyncioLayout
{
    /// <summary><c>fut_loop</c>: the event loop.</summary>
    public required int Loop { get; init; }

    /// <summary><c>fut_callback0</c>: the first callback; null where all are in <see cref="Callbacks"/> (3.6).</summary>
    public required int? FirstCallback { get; init; }

    /// <summary><c>fut_callbacks</c>: a list of the other callbacks, from 3.7 on each in a tuple with its context; or null or None.</summary>
    public required int Callbacks { get; init; }

    /// <summary><c>fut_source_tb</c>: in debug mode the <c>traceback.StackSummary</c> of where it was created; else null or None.</summary>
    public required int SourceTraceback { get; init; }

    /// <summary><c>fut_state</c>: 0 pending, 1 cancelled, 2 finished.</summary>
    public required int State { get; init; }

    /// <summary><c>task_must_cancel</c>: whether it is cancelled when it runs next; an int, or the byte that has the bit.</summary>
    public required int MustCancel { get; init; }

    /// <summary>The bit in that byte; null where it is an int.</summary>
    public required int? MustCancelBit { get; init; }

    /// <summary><c>task_num_cancels_requested</c>; null to 3.10.</summary>
    public required int? CancelsRequested { get; init; }

    /// <summary><c>task_fut_waiter</c>: what it awaits.</summary>
    public required int Waiter { get; init; }

    /// <summary><c>task_coro</c>.</summary>
    public required int Coroutine { get; init; }

    /// <summary><c>task_name</c>; null where it has none (to 3.7).</summary>
    public required int? Name { get; init; }

    /// <summary><c>sizeof(TaskObj)</c>: <c>tp_basicsize</c> of the type.</summary>
    public required int Size { get; init; }

    /// <summary><c>fut_awaited_by</c>: the future or task that awaits it, or a set of them (3.14 and later).</summary>
    public required int? AwaitedBy { get; init; }

    /// <summary><c>fut_awaited_by_is_set</c>, 1 byte.</summary>
    public required int? AwaitedByIsSet { get; init; }

    /// <summary><c>task_node</c>: the links of a list of tasks, next and previous (3.14 and later).</summary>
    public required int? Node { get; init; }

    /// <summary><c>dict</c> of a thread state, where 3.7 to 3.12 have the loop that runs: <c>__asyncio_running_event_loop__</c>, an object whose first field is the loop.</summary>
    public required int? ThreadDict { get; init; }

    /// <summary><c>asyncio_running_loop</c> of a thread state (3.13 and later).</summary>
    public required int? ThreadLoop { get; init; }

    /// <summary><c>asyncio_running_task</c> of a thread state (3.14 and later).</summary>
    public required int? ThreadTask { get; init; }

    /// <summary><c>asyncio_tasks_head</c> of a thread state: the head of the list of its tasks (3.14 and later).</summary>
    public required int? ThreadTasks { get; init; }

    /// <summary><c>asyncio_tasks_head</c> of an interpreter: the tasks of threads that have ended (3.14 and later).</summary>
    public required int? InterpreterTasks { get; init; }

    /// <summary>The same of a build without a GIL.</summary>
    /// <param name="growth">Bytes that every object has more at its beginning.</param>
    public AsyncioLayout Grow(int growth) => this with
    {
        Loop = Loop + growth,
        FirstCallback = FirstCallback + growth,
        Callbacks = Callbacks + growth,
        SourceTraceback = SourceTraceback + growth,
        State = State + growth,
        MustCancel = MustCancel + growth,
        CancelsRequested = CancelsRequested + growth,
        Waiter = Waiter + growth,
        Coroutine = Coroutine + growth,
        Name = Name + growth,
        Size = Size + growth,
        AwaitedBy = AwaitedBy + growth,
        AwaitedByIsSet = AwaitedByIsSet + growth,
        Node = Node + growth,
    };
}
