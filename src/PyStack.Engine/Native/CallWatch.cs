using System;
using System.Threading;

namespace PyStack.Engine.Native;

/// <summary>
/// Counts the system calls of one thread that read something of a target, so that another thread can see whether it is blocked in one: such a call waits
/// as long as a page of the target is not available, on a disk that does not answer or served by userfaultfd(2), and no signal ends that wait.
/// </summary>
internal sealed class CallWatch
{
    [ThreadStatic]
    private static CallWatch? _current;

    // Odd during a call. Written by one thread only.
    private long _count;

    // A call inside a watched section is part of it.
    private int _depth;

    /// <summary>The watch of the calling thread; null if no one watches it.</summary>
    public static CallWatch? Current
    {
        get => _current;
        set => _current = value;
    }

    /// <summary>The number of beginnings and ends so far: the same odd number twice means the same call.</summary>
    public long Count => Volatile.Read(ref _count);

    /// <summary>A call of the calling thread begins.</summary>
    public static CallWatch? Enter()
    {
        CallWatch? watch = _current;
        if (watch is not null && watch._depth++ == 0)
        {
            Volatile.Write(ref watch._count, watch._count + 1);
        }

        return watch;
    }

    /// <summary>It has ended.</summary>
    public static void Leave(CallWatch? watch)
    {
        if (watch is not null && --watch._depth == 0)
        {
            Volatile.Write(ref watch._count, watch._count + 1);
        }
    }
}
