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

    public bool IsEmpty => Processes.Count + Cores.Count + Threads.Count + Tasks.Count + Deadlocks.Count + Profiles.Count == 0;
}
