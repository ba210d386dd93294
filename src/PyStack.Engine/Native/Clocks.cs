using System;
using System.Runtime.InteropServices;

namespace PyStack.Engine.Native;

/// <summary>The kernel's clocks.</summary>
internal static unsafe partial class Clocks
{
    /// <summary>Time since boot, suspended time included: the clock of a process's start time (linux/time.h).</summary>
    private const int CLOCK_BOOTTIME = 7;

    /// <summary>The processor time of the calling thread, CLOCK_THREAD_CPUTIME_ID (linux/time.h).</summary>
    public const int OwnThread = 3;

    /// <summary>bits/confname.h</summary>
    private const int _SC_CLK_TCK = 2;

    private static readonly long TicksPerSecond = SysConf(_SC_CLK_TCK) is var ticks && ticks > 0 ? ticks : 100;

    /// <summary>Turns the start time of <c>/proc/PID/stat</c> into a point of time; exact to a clock tick (10 ms).</summary>
    public static DateTime FromStartTicks(ulong startTicks)
    {
        TimeSpec now;
        if (ClockGetTime(CLOCK_BOOTTIME, &now) != 0)
        {
            return DateTime.MinValue;
        }

        double age = now.Seconds + (now.Nanoseconds / 1e9) - ((double)startTicks / TicksPerSecond);
        return DateTime.UtcNow - TimeSpan.FromSeconds(age);
    }

    /// <summary>What a clock shows, in seconds (clock_gettime(2)).</summary>
    public static bool TryRead(int clock, out double seconds)
    {
        TimeSpec now = default;
        bool isKnown = ClockGetTime(clock, &now) == 0;
        seconds = now.Seconds + (now.Nanoseconds / 1e9);
        return isKnown;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int ClockGetTime(int clock, TimeSpec* time);

    [LibraryImport("libc", EntryPoint = "sysconf")]
    private static partial nint SysConf(int name);
}
