using System.Collections.Generic;

namespace PyStack.Engine.Waits.Deadlocks;

/// <summary>An OS thread in the graph of who waits for whom.</summary>
/// <param name="processId">Of its process.</param>
/// <param name="threadId">As the observer counts.</param>
internal sealed class WaitNode(int processId, int threadId)
{
    /// <summary>Shorter than this a cycle is not worth a report: the program tries again and again.</summary>
    private const double ShortLimit = 1;

    public int ProcessId => processId;

    public int ThreadId => threadId;

    /// <summary>Its states in several interpreters, the innermost the last.</summary>
    public List<PyThread> Parts { get; } = [];

    /// <summary>What it waits for; null if it runs, or that is not known.</summary>
    public PyWait? Wait => Parts[^1].Wait;

    /// <summary>
    /// The limit of its wait; null if it has none. A wait for the GIL is made of many short ones, and ends no earlier for that.
    /// </summary>
    public double? Timeout => Wait is { Kind: not PyWaitKind.Gil } wait ? wait.Timeout : null;

    /// <summary>Whether the holder of what it waits for no longer exists. A file's lock is left to the processes that have it from the holder.</summary>
    public bool IsHolderGone => Wait is { IsHolderGone: true, Kind: not (PyWaitKind.FileLock or PyWaitKind.Process) };

    /// <summary>The thread of its own process that has to act first; 0 if there is none.</summary>
    public int HolderThreadId => IsHolderGone ? 0 : Wait?.HolderThreadId ?? 0;

    /// <summary>
    /// The process that has to act first; 0 if there is none. It counts if it is known that nobody else can: not of a call for several descriptors, nor of a pipe or socket to the own process, to
    /// which a handler of a signal can write.
    /// </summary>
    public int HolderProcessId => Wait switch
    {
        null or { HolderThreadId: not null } or { IsHolderGone: true } => 0,
        { Kind: PyWaitKind.FileLock, HolderProcessId: int holder } => holder,
        { HolderProcessId: int other } when other != processId && (Wait.FileDescriptor is not null || Wait.SystemCall is "wait4" or "waitid" or "futex") => other,
        _ => 0,
    };

    /// <summary>Whether the process is the holder because it alone has the other end of the descriptor.</summary>
    public bool NeedsOnlyPeer => HolderProcessId > 0 && Wait is { Kind: not PyWaitKind.FileLock, FileDescriptor: not null };

    /// <summary>Whether it has something to say that another process does not take: unlike one that reads, it is not just idle.</summary>
    public bool IsWriting => HolderProcessId > 0 && Wait!.SystemCall is "write" or "writev" or "pwritev2" or "sendto" or "sendmsg" or "sendfile";

    /// <summary>Whether only threads of its own process can end its wait, though it is not known which: a queue, a condition, a lock that was taken by hand.</summary>
    public bool IsInternal => Wait is { SystemCall: "futex", Timeout: null, HolderProcessId: null, HolderThreadId: null }
        && Wait.Kind is PyWaitKind.Lock or PyWaitKind.RLock or PyWaitKind.Condition or PyWaitKind.Event or PyWaitKind.Barrier or PyWaitKind.Queue or PyWaitKind.Future or PyWaitKind.Join;

    /// <summary>Whether the wait ends by itself so soon that nobody needs to know.</summary>
    public bool EndsSoon => Timeout < ShortLimit;
}
