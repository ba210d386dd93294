using System;
using System.Collections.Generic;

namespace PyStack.Engine.Reports;

/// <summary>An object of a report.</summary>
/// <param name="Machine">The machine that it was read on; empty if that is not known.</param>
internal readonly record struct ReportItem<T>(T Value, string Machine);

/// <summary>What is put into one report.</summary>
internal sealed class Report
{
    /// <summary>The title that was asked for; null for one that is made of the contents.</summary>
    public string? Title { get; init; }

    /// <summary>In local time.</summary>
    public DateTime CreatedAt { get; init; } = DateTime.Now;

    public List<ReportItem<PyProcess>> Processes { get; } = [];

    public List<ReportItem<PyCore>> Cores { get; } = [];

    public List<ReportItem<PyThread>> Threads { get; } = [];

    public List<ReportItem<PyTask>> Tasks { get; } = [];

    public List<ReportItem<PyDeadlock>> Deadlocks { get; } = [];

    public List<ReportItem<PyProfile>> Profiles { get; } = [];

    /// <summary>Adds an object of any of these types.</summary>
    /// <returns>False if it is none.</returns>
    public bool Add(object item, string machine)
    {
        switch (item)
        {
            case PyProcess process:
                Processes.Add(new(process, machine));
                return true;
            case PyCore core:
                Cores.Add(new(core, machine));
                return true;
            case PyThread thread:
                Threads.Add(new(thread, machine));
                return true;
            case PyTask task:
                Tasks.Add(new(task, machine));
                return true;
            case PyDeadlock deadlock:
                Deadlocks.Add(new(deadlock, machine));
                return true;
            case PyProfile profile:
                Profiles.Add(new(profile, machine));
                return true;
            default:
                return false;
        }
    }

    public bool IsEmpty => Processes.Count + Cores.Count + Threads.Count + Tasks.Count + Deadlocks.Count + Profiles.Count == 0;
}
