using System;
using System.Diagnostics;
using System.Globalization;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Tasks;

/// <summary>Reports how far the reading of many tasks is. Not for use while a target is stopped.</summary>
/// <param name="after">Work that ends before needs no report.</param>
internal sealed class TaskProgress(IEngineLog log, TimeSpan after)
{
    // Tasks between two looks at the clock, and the time between two reports of one step.
    private const int Step = 1000;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly long _start = Stopwatch.GetTimestamp();
    private TimeSpan _last;
    private string? _step;

    /// <summary>Reports nothing.</summary>
    public static readonly TaskProgress Silent = new(SilentLog.Instance, TimeSpan.MaxValue);

    /// <summary>Called for each task.</summary>
    /// <param name="what">What is done with them.</param>
    /// <param name="done">How many were done.</param>
    /// <param name="all">Of how many; 0 if that is not known yet.</param>
    public void Report(string what, int done, int all)
    {
        if (done % Step != 0 || Stopwatch.GetElapsedTime(_start) is var elapsed && (elapsed < after || (what == _step && elapsed < _last + Interval)))
        {
            return;
        }

        (_last, _step) = (elapsed, what);
        string status = all > 0 ? string.Create(CultureInfo.InvariantCulture, $"{what}, {done:N0} of {all:N0}") : string.Create(CultureInfo.InvariantCulture, $"{what}, {done:N0} so far");
        log.Progress("Reading Python tasks", status, all > 0 ? (int)(done * 100L / all) : -1);
    }
}
