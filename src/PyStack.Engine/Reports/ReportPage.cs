using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Threading;
using PyStack.Engine.Pages;
using PyStack.Engine.Profiling.Formats;

namespace PyStack.Engine.Reports;

/// <summary>The page of a report: processes, deadlocks, the wait graph, threads by their stacks, tasks, profiles.</summary>
internal static class ReportPage
{
    private static readonly string[] Scripts =
    [
        "report-model.js", "report-text.js", "report-stack.js", "report-waits.js", "report-graph.js", "report-threads.js", "report-tasks.js", "report-profile.js", "report.js",
    ];

    private static readonly HtmlPage Plain = new("report.html", ["common.css", "report.css"], ["common.js", .. Scripts]);

    private static readonly HtmlPage WithGraph = new("report.html", ["common.css", "flame.css", "report.css"], ["common.js", .. HtmlFormat.GraphScripts, .. Scripts]);

    /// <summary>Writes the page.</summary>
    /// <param name="look">What can still be found out about the processes.</param>
    public static void Write(Stream output, Report report, IReportLook look, CancellationToken cancellation)
        => (report.Profiles.Count > 0 ? WithGraph : Plain).Write(output, TitleOf(report), data => new ReportData(report, look, cancellation).Write(data));

    /// <summary>The title that was given, or one that names the process if there is one alone.</summary>
    public static string TitleOf(Report report)
    {
        if (!string.IsNullOrWhiteSpace(report.Title))
        {
            return ProfileText.Of(report.Title);
        }

        HashSet<(string, int)> processes = [];
        string? name = null;
        foreach ((string machine, int id, string? known) in Processes(report))
        {
            processes.Add((machine, id));
            name ??= known;
        }

        return processes.Count == 1
            ? string.Create(CultureInfo.InvariantCulture, $"Report on {(string.IsNullOrEmpty(name) ? "process" : ProfileText.Of(name))} ({First(processes).Item2})")
            : string.Create(CultureInfo.InvariantCulture, $"Report on {processes.Count} processes");
    }

    private static IEnumerable<(string Machine, int Id, string? Name)> Processes(Report report)
    {
        foreach ((PyProcess process, string machine) in report.Processes)
        {
            yield return (machine, process.Id, process.Name);
        }

        foreach ((PyCore core, string machine) in report.Cores)
        {
            yield return (machine, core.DumpedProcessId, core.Name);
        }

        foreach ((PyThread thread, string machine) in report.Threads)
        {
            yield return (machine, thread.ProcessId, thread.ProcessName);
        }

        foreach ((PyTask task, string machine) in report.Tasks)
        {
            yield return (machine, task.ProcessId, task.ProcessName);
        }

        foreach ((PyDeadlock deadlock, string machine) in report.Deadlocks)
        {
            yield return (machine, deadlock.ProcessId, deadlock.ProcessName);
        }

        foreach ((PyProfile profile, string machine) in report.Profiles)
        {
            yield return (machine, profile.ProcessId, profile.ProcessName);
        }
    }

    private static (string, int) First(HashSet<(string, int)> processes)
    {
        using HashSet<(string, int)>.Enumerator all = processes.GetEnumerator();
        _ = all.MoveNext();
        return all.Current;
    }
}
