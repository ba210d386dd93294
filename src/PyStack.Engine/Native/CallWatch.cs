using System;
using System.Threading;

namespace PyStack.Engine.Native;

/// <summary>
/// Counts the system calls of one thread that read something of a target, so that another thread can see whether it is held up in one: such a call waits
/// for as long as a page of the target does, on a disk that does not answer or behind userfaultfd(2), and no signal ends that wait.
/// </summary>
internal sealed class CallWatch
{
    [ThreadStatic]
    private static CallWatch? _current;

    // Odd while a call is under way. Written by one thread only.
    private long _count;

    // A call in a stretch that is watched already is part of it.
    private int _depth;

    /// <summary>The watch of the calling thread; null if nobody watches it.</summary>
    public static CallWatch? Current
    {
        get => _current;
        set => _current = value;
    }

    /// <summary>The number of beginnings and ends so far: the same odd number twice is one and the same call.</summary>
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
