using System;
using System.Globalization;
using System.IO;

namespace PyStack.TestSupport;

/// <summary>How long something takes, whatever else the machine does.</summary>
public static class ProcessorTime
{
    /// <summary>The time for which the calling thread has had a processor (nanoseconds in Documentation/scheduler/sched-stats.rst).</summary>
    public static TimeSpan OfThisThread
        => TimeSpan.FromMicroseconds(long.Parse(File.ReadAllText("/proc/thread-self/schedstat").Split(' ')[0], CultureInfo.InvariantCulture) / 1000);
}
