namespace PyStack.Engine.Python.Layouts;

/// <summary>
/// The locks of the module <c>_thread</c> (in 2.7 <c>thread</c>): <c>lockobject</c> and, from 3.2 on, <c>rlockobject</c> (Modules/_threadmodule.c). Right after the head of both is what a
/// waiting thread sleeps on; of an RLock then the owner's <c>pthread_t</c> and a count, 8 bytes each.
/// </summary>
internal sealed record LockLayout
{
    /// <summary>How far the owner is after the head of an RLock (<c>rlock_owner</c>, from 3.14 on <c>lock.thread</c>): 0 where nobody has it.</summary>
    public const int Owner = sizeof(ulong);

    /// <summary><c>PyMutex</c>: held (cpython/pylock.h in 3.14, internal/pycore_lock.h in 3.13).</summary>
    public const byte MutexLocked = 1;

    /// <summary>
    /// Null where a lock has a pointer to a <c>sem_t</c> (Python/thread_pthread.h), on whose first 4 bytes a thread sleeps. Where it has a <c>PyMutex</c> in itself, the thread sleeps on the
    /// semaphore in a <c>struct wait_entry</c> on its own C stack (Python/parking_lot.c): how many bytes before the semaphore that has the mutex's address. Plain locks have one from 3.13.1 on
    /// (gh-117721): those of 3.13.0 are larger.
    /// </summary>
    public required int? AddressBeforeSemaphore { get; init; }

    /// <summary>Whether RLocks have a mutex as well, a <c>_PyRecursiveMutex</c> (3.14 and later).</summary>
    public required bool HasRecursiveMutex { get; init; }

    /// <summary><c>func_code</c> of a function that was written in Python.</summary>
    public required int FunctionCode { get; init; }

    /// <summary><c>func_closure</c>: a tuple of cells, or null (funcobject.h; cpython/funcobject.h).</summary>
    public required int FunctionClosure { get; init; }

    /// <summary>The same for a build whose objects begin with more.</summary>
    public LockLayout Grow(int growth) => this with { FunctionCode = FunctionCode + growth, FunctionClosure = FunctionClosure + growth };
}

/// <summary>
/// Where the <c>__exit__</c> of a <c>with</c> statement is in a frame while its body runs: on the value stack, at a depth that to 3.10 the frame's stack of blocks has, and from 3.11 on the
/// code object's table of exception handlers. In all versions the values follow the frame's slots. Fields of <c>PyFrameObject</c> or <c>PyCodeObject</c>.
/// </summary>
internal sealed record WithLayout
{
    /// <summary><c>f_iblock</c>, 4 bytes: how many blocks there are (to 3.10).</summary>
    public required int? BlockCount { get; init; }

    /// <summary><c>f_blockstack</c>: the blocks, each a <c>PyTryBlock</c> of three ints, type, handler and level (to 3.10).</summary>
    public required int? Blocks { get; init; }

    /// <summary><c>co_code</c>: a bytes object (to 3.10).</summary>
    public required int? CodeBytes { get; init; }

    /// <summary>The type of the block that a <c>with</c> statement makes: its <c>SETUP_WITH</c> in 2.7, later <c>SETUP_FINALLY</c> (opcode.h; to 3.10).</summary>
    public required int? BlockType { get; init; }

    /// <summary><c>co_exceptiontable</c>: a bytes object (3.11 and later; Objects/exception_handling_notes.txt, from 3.13 InternalDocs/exception_handling.md).</summary>
    public required int? ExceptionTable { get; init; }

    /// <summary>How many values a <c>with</c> statement leaves: the bound <c>__exit__</c>, or from 3.14 on the function and what it is bound to.</summary>
    public required int ExitValues { get; init; }

    /// <summary><c>co_stacksize</c>, 4 bytes: most values that the stack can have.</summary>
    public required int StackSize { get; init; }

    /// <summary><c>co_names</c>: a tuple of the names of attributes and globals that the code uses.</summary>
    public required int Names { get; init; }

    /// <summary>The same for a build whose objects begin with more.</summary>
    public WithLayout Grow(int growth) => this with { ExceptionTable = ExceptionTable + growth, StackSize = StackSize + growth, Names = Names + growth };
}
