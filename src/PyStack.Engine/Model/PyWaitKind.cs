namespace PyStack;

/// <summary>What a thread waits for.</summary>
/// <remarks>Based on <see langword="long"/>, because <c>ConvertTo-Json</c> writes the names of such values, and the numbers of others.</remarks>
public enum PyWaitKind : long
{
    /// <summary>Anything that has no kind of its own.</summary>
    Other,

    /// <summary>A <c>threading.Lock</c>.</summary>
    Lock,

    /// <summary>A <c>threading.RLock</c>.</summary>
    RLock,

    /// <summary>A <c>threading.Condition</c>.</summary>
    Condition,

    /// <summary>A <c>threading.Event</c>.</summary>
    Event,

    /// <summary>A <c>threading.Semaphore</c>.</summary>
    Semaphore,

    /// <summary>A <c>threading.Barrier</c>.</summary>
    Barrier,

    /// <summary>A <c>queue.Queue</c>.</summary>
    Queue,

    /// <summary>The end of another thread.</summary>
    Join,

    /// <summary>The end of another task or greenlet.</summary>
    Task,

    /// <summary>The result of a <c>concurrent.futures.Future</c>.</summary>
    Future,

    /// <summary>The GIL.</summary>
    Gil,

    /// <summary>The import of a module by another thread.</summary>
    Import,

    /// <summary>A time, and nothing else.</summary>
    Sleep,

    /// <summary>Any of several descriptors: <c>select</c>, <c>poll</c>, <c>epoll</c>.</summary>
    Select,

    /// <summary>A socket.</summary>
    Socket,

    /// <summary>A pipe or FIFO.</summary>
    Pipe,

    /// <summary>A file that is not on a disk: a terminal, a device.</summary>
    File,

    /// <summary>A lock of a file (<c>flock</c>, <c>fcntl</c>).</summary>
    FileLock,

    /// <summary>A change of another process, mostly the end of a child.</summary>
    Process,

    /// <summary>A signal.</summary>
    Signal,

    /// <summary>A mutex of native code.</summary>
    Mutex,

    /// <summary>A futex of which it is not known what it belongs to: locks of all kinds wait on one.</summary>
    Futex,

    /// <summary>A disk, or what serves a file system.</summary>
    Disk,
}
