using System;
using System.Runtime.InteropServices;
using PyStack.Engine.Memory;
using PyStack.Engine.Native;
using PyStack.Engine.Targets.Live;
using PyStack.Engine.Targets.Live.Procfs;

namespace PyStack.Engine.Waits;

/// <summary>The time that is left of a wait, by the structures that the system calls take. They are in the target's memory and unchanged as long as the call lasts.</summary>
/// <param name="process">Null of a core, whose clocks are not known any more.</param>
/// <param name="budget">When it ends, it is not looked when waits began.</param>
internal sealed class WaitTimes(IMemorySource memory, LiveProcess? process, WaitBudget budget)
{
    // linux/time.h
    public const int Realtime = 0;
    public const int Monotonic = 1;

    private const double MostSeconds = 1e12;

    private readonly string? _tasks = process is null ? null : ProcessFacts.Folder(process.ProcessId) + "/task/";

    // The offsets of a time namespace (time_namespaces(7)) are for the clocks that do not show the date.
    private readonly Lazy<bool> _sharesClocks = new(() => process is not null
        && ProcFile.ReadLink("/proc/self/ns/time") == ProcFile.ReadLink(process.Facts.AccessFolder + "/ns/time"));

    /// <summary>Whether the call was made again after the thread was stopped: then its last run says nothing about when the wait began.</summary>
    public bool IsRestarted { get; set; }

    /// <summary>Milliseconds from now on; negative for no limit.</summary>
    public TimeLimit Milliseconds(int threadId, ulong value) => (int)value < 0 ? default : Relative(threadId, (int)value / 1000.0);

    /// <summary>A <c>struct timespec</c> or, with a smaller unit, a <c>struct timeval</c>, from now on.</summary>
    /// <param name="address">0 for no limit.</param>
    /// <param name="perSecond">Of its second field.</param>
    public TimeLimit Relative(int threadId, ulong address, double perSecond)
        => TryRead(address, perSecond, out double seconds) ? Relative(threadId, seconds) : default;

    /// <summary>A <c>struct timespec</c> of one of the clocks.</summary>
    public TimeLimit Absolute(ulong address, int clock)
        => TryRead(address, 1e9, out double seconds) ? At(seconds, clock) : default;

    /// <summary>A point of time of one of the clocks.</summary>
    public TimeLimit At(double seconds, int clock)
        => process is not null && (clock == Realtime || _sharesClocks.Value) && Clocks.TryRead(clock, out double now) && Math.Abs(seconds - now) < MostSeconds
            ? new TimeLimit(Math.Max(0, seconds - now), IsAsked: false)
            : default;

    // A thread that is blocked has slept since it was last on a processor: the wait cannot have begun later, unless it was woken and went on to wait.
    private TimeLimit Relative(int threadId, double seconds)
        => _tasks is not null && !IsRestarted && budget.Remains && ThreadTimes.TryGetSleep(_tasks, threadId, out double slept)
            ? new TimeLimit(Math.Max(0, seconds - slept), IsAsked: false)
            : new TimeLimit(seconds, IsAsked: true);

    private bool TryRead(ulong address, double perSecond, out double seconds)
    {
        Span<long> fields = stackalloc long[2];
        seconds = 0;
        if (address == 0 || !memory.TryRead(address, MemoryMarshal.AsBytes(fields)) || fields[0] < 0 || fields[1] < 0)
        {
            return false;
        }

        seconds = fields[0] + (fields[1] / perSecond);
        return seconds < MostSeconds;
    }
}
