using System;
using System.Collections.Generic;
using System.Text.Json;
using PyStack.Engine.Profiling.Formats;

namespace PyStack.Engine.Reports;

/// <summary>The processes and cores of a report, with numbers from 0 on: each once, whichever objects name it.</summary>
internal sealed class ReportProcesses(IReportLook look)
{
    private readonly Dictionary<(string Machine, int Id, string Core), int> _numbers = [];
    private readonly List<ReportProcess> _all = [];

    /// <summary>Adds what <c>Get-PyProcess</c> has given.</summary>
    public void Add(ReportItem<PyProcess> item) => Get(item.Machine, item.Value.Id, null).Details = item.Value;

    /// <summary>Adds what <c>Get-PyCore</c> has given.</summary>
    public void Add(ReportItem<PyCore> item) => Get(item.Machine, item.Value.DumpedProcessId, item.Value.Path).Core = item.Value;

    /// <summary>The number of a thread's process.</summary>
    public int Of(string machine, PyThread thread)
    {
        ReportProcess process = Get(machine, thread.ProcessId, thread.Path);
        process.See(thread.ProcessName, thread.PythonVersion, thread.CapturedAt, thread.Program);
        process.Pause = Math.Max(process.Pause, thread.PauseMilliseconds);
        process.Summary = thread.CoreSummary.Count > 0 ? thread.CoreSummary : process.Summary;
        return process.Number;
    }

    /// <summary>The number of a task's process.</summary>
    public int Of(string machine, PyTask task)
    {
        ReportProcess process = Get(machine, task.ProcessId, task.Path);
        process.See(task.ProcessName, task.PythonVersion, task.CapturedAt, task.Program);
        process.Pause = Math.Max(process.Pause, task.PauseMilliseconds);
        return process.Number;
    }

    /// <summary>The number of a profile's process.</summary>
    public int Of(string machine, PyProfile profile)
    {
        ReportProcess process = Get(machine, profile.ProcessId, null);
        process.See(profile.ProcessName, profile.PythonVersion, profile.StartedAt, null);
        return process.Number;
    }

    /// <summary>The number of a deadlock's process.</summary>
    public int Of(string machine, PyDeadlock deadlock)
    {
        string? core = deadlock.Threads.Count > 0 ? deadlock.Threads[0].Path : deadlock.Tasks.Count > 0 ? deadlock.Tasks[0].Path : null;
        ReportProcess process = Get(machine, deadlock.ProcessId, core);
        process.See(deadlock.ProcessName, null, default, null);
        return process.Number;
    }

    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartArray("processes");
        foreach (ReportProcess process in _all)
        {
            process.Details ??= look.Describe(process.Id, process.Program);
            process.Write(writer, look.Builds(process.Id, process.Program));
        }

        writer.WriteEndArray();
    }

    private ReportProcess Get(string machine, int id, string? core)
    {
        (string, int, string) key = (machine, core is null ? id : 0, core ?? "");
        if (!_numbers.TryGetValue(key, out int number))
        {
            number = _all.Count;
            _numbers.Add(key, number);
            _all.Add(new ReportProcess(number, ProfileText.Of(machine), id, core));
        }

        return _all[number];
    }
}
