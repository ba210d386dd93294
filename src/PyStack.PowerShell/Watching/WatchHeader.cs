using System;
using System.Globalization;
using System.Linq;

namespace PyStack;

/// <summary>The first two lines of the screen: which processes, and what they do altogether.</summary>
internal static class WatchHeader
{
    /// <summary>The process, or how many there are, with their load.</summary>
    public static ScreenLine First(WatchView view, int room)
    {
        ScreenLine line = new(room);
        if (view.Shown.Count == 0)
        {
            return line.Add("Watching ...", LineStyle.Strong);
        }

        PyActivity first = view.Shown[0];
        string what = view.Shown.Count == 1
            ? string.Create(CultureInfo.InvariantCulture, $"{first.ProcessId} {first.ProcessName}")
            : string.Create(CultureInfo.InvariantCulture, $"{view.Shown.Count} processes");
        string place = view.Activities.Count > 1 && view.Shown.Count == 1
            ? string.Create(CultureInfo.InvariantCulture, $" ({view.Activities.ToList().IndexOf(first) + 1} of {view.Activities.Count})")
            : "";
        string version = string.Join(", ", view.Shown.Select(one => one.PythonVersion).Distinct().Take(3));
        int threads = view.Shown.Sum(one => one.Threads.Count);
        int running = view.Shown.Sum(one => one.Threads.Count(thread => thread.State == PyThreadState.Running));
        double? cpu = view.Shown.Any(one => one.CpuPercent is not null) ? view.Shown.Sum(one => one.CpuPercent ?? 0) : null;
        double? gil = view.Shown.Max(one => one.GilPercent);
        return line.Add(what, LineStyle.Strong).Add($"{place}  Python {version}  CPU ")
            .Add(cpu is null ? "-" : WatchPage.Percent(cpu) + "%", LineStyle.Running)
            .Add("  GIL ").Add(gil is null ? "-" : WatchPage.Percent(gil) + "%", LineStyle.Gil)
            .Add(string.Create(CultureInfo.InvariantCulture, $"  {threads} threads, {running} running"));
    }

    /// <summary>Time, rate and what was chosen.</summary>
    public static ScreenLine Second(WatchView view, int room, TimeSpan interval)
    {
        ScreenLine line = new(room);
        if (view.IsPaused)
        {
            line.Add("PAUSED", LineStyle.Heading).Add(" ");
        }

        if (view.Shown.Count > 0)
        {
            PyActivity first = view.Shown[0];
            line.Add(string.Create(CultureInfo.InvariantCulture, $"{first.CapturedAt:HH:mm:ss}  every {interval.TotalSeconds:0.##} s  {first.SampleRate:0} samples/s  sort: {SortOf(view.Order)}"));
        }

        if (view.HidesIdle)
        {
            line.Add("  idle hidden");
        }

        return view.Filter.Length == 0 ? line : line.Add("  filter: ").Add(view.Filter, LineStyle.Strong);
    }

    private static string SortOf(ThreadOrder order) => order switch { ThreadOrder.Cpu => "CPU", ThreadOrder.Name => "name", ThreadOrder.Id => "id", _ => "wait" };
}
