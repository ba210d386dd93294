using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Text.Json;
using System.Threading;
using PyStack.Engine.Profiling.Formats;
using PyStack.Engine.Profiling.Formats.Page;

namespace PyStack.Engine.Reports;

/// <summary>What the page of a report shows, as JSON: stacks as a tree of numbers. <c>report-model.js</c> reads it.</summary>
internal sealed class ReportData
{
    /// <summary>Characters of all variables together.</summary>
    private const long MaxVariables = 32 << 20;

    private readonly Report _report;
    private readonly CancellationToken _cancellation;
    private readonly ReportProcesses _processes;
    private readonly CarriedSources _sources = new();
    private readonly ReportFrames _frames;

    // Threads and tasks of deadlocks are in the report once, though they may have been captured with others as well.
    private readonly Dictionary<(int Process, int Thread), int> _threads = [];
    private readonly Dictionary<(int Process, string Task), int> _tasks = [];
    private int _threadCount;
    private int _taskCount;
    private long _room = MaxVariables;

    /// <param name="report">The objects.</param>
    /// <param name="look">What can still be found out about their processes.</param>
    public ReportData(Report report, IReportLook look, CancellationToken cancellation)
    {
        _report = report;
        _cancellation = cancellation;
        _processes = new ReportProcesses(look);
        _frames = new ReportFrames(look, _sources);
    }

    public void Write(Stream output)
    {
        using var writer = new Utf8JsonWriter(output);
        writer.WriteStartObject();
        writer.WriteNumber("version", 1);
        ReportJson.Text(writer, "title", _report.Title);
        writer.WriteString("created", _report.CreatedAt.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture));
        writer.WriteString("zone", _report.CreatedAt.ToString("zzz", CultureInfo.InvariantCulture));
        _report.Processes.ForEach(_processes.Add);
        _report.Cores.ForEach(_processes.Add);
        foreach ((PyProfile profile, string machine) in _report.Profiles)
        {
            _sources.Add(_processes.Of(machine, profile), profile);
        }

        WriteThreads(writer);
        WriteTasks(writer);
        WriteDeadlocks(writer);
        WriteProfiles(writer);
        _frames.Write(writer);
        _processes.Write(writer);
        writer.WriteBoolean("cut", _room <= 0);
        writer.WriteEndObject();
    }

    private void WriteThreads(Utf8JsonWriter writer)
    {
        writer.WriteStartArray("threads");
        foreach (ReportItem<PyThread> item in _report.Threads)
        {
            _cancellation.ThrowIfCancellationRequested();
            Write(writer, item.Value, _processes.Of(item.Machine, item.Value));
        }

        foreach (ReportItem<PyDeadlock> deadlock in _report.Deadlocks)
        {
            foreach (PyThread thread in deadlock.Value.Threads)
            {
                int process = _processes.Of(deadlock.Machine, thread);
                if (!_threads.ContainsKey((process, thread.ThreadId)))
                {
                    Write(writer, thread, process);
                }
            }
        }

        writer.WriteEndArray();
    }

    private void Write(Utf8JsonWriter writer, PyThread thread, int process)
    {
        _threads[(process, thread.ThreadId)] = _threadCount++;
        writer.WriteStartObject();
        writer.WriteNumber("process", process);
        writer.WriteNumber("id", thread.ThreadId);
        ReportJson.Text(writer, "name", string.IsNullOrEmpty(thread.PythonName) ? thread.Name : thread.PythonName);
        ReportJson.Text(writer, "osName", thread.Name);
        ReportJson.Text(writer, "status", thread.Status);
        writer.WriteString("state", thread.State.ToString());
        writer.WriteString("gil", thread.Gil.ToString());
        ReportJson.Number(writer, "cpu", thread.CpuSeconds);
        ReportJson.Text(writer, "exception", thread.Exception);
        ReportJson.Text(writer, "hash", thread.StackHash);
        ReportJson.Time(writer, "at", thread.CapturedAt);
        writer.WriteNumber("node", _frames.Add(thread.Frames, process, thread.Program));
        if (thread.InterpreterCount > 1 || thread.RuntimeCount > 1)
        {
            writer.WriteString("interpreter", thread.RuntimeCount > 1
                ? string.Create(CultureInfo.InvariantCulture, $"{thread.InterpreterId} of Python {ProfileText.Of(thread.PythonVersion)}")
                : thread.InterpreterId.ToString(CultureInfo.InvariantCulture));
        }

        ReportJson.Number(writer, "unchanged", thread.UnchangedSeconds);
        if (thread.IsStuck == true)
        {
            writer.WriteBoolean("stuck", true);
        }

        if (thread is { IsCoherent: false, IsTerminated: false })
        {
            writer.WriteBoolean("unsure", true);
        }

        ReportJson.Texts(writer, "warnings", thread.Warnings);
        ReportJson.Wait(writer, thread.Wait);
        ReportJson.Variables(writer, thread.Frames, ref _room);
        writer.WriteEndObject();
    }

    private void WriteTasks(Utf8JsonWriter writer)
    {
        writer.WriteStartArray("tasks");
        foreach (ReportItem<PyTask> item in _report.Tasks)
        {
            _cancellation.ThrowIfCancellationRequested();
            Write(writer, item.Value, _processes.Of(item.Machine, item.Value));
        }

        foreach (ReportItem<PyDeadlock> deadlock in _report.Deadlocks)
        {
            foreach (PyTask task in deadlock.Value.Tasks)
            {
                int process = _processes.Of(deadlock.Machine, task);
                if (!_tasks.ContainsKey((process, task.Id)))
                {
                    Write(writer, task, process);
                }
            }
        }

        writer.WriteEndArray();
    }

    private void Write(Utf8JsonWriter writer, PyTask task, int process)
    {
        _tasks[(process, task.Id)] = _taskCount++;
        writer.WriteStartObject();
        writer.WriteNumber("process", process);
        ReportJson.Text(writer, "id", task.Id);
        ReportJson.Text(writer, "name", task.Name);
        writer.WriteString("kind", task.Kind.ToString());
        writer.WriteString("state", task.State.ToString());
        writer.WriteNumber("thread", task.ThreadId);
        ReportJson.Text(writer, "coroutine", task.Coroutine);
        ReportJson.Text(writer, "hash", task.StackHash);
        writer.WriteNumber("depth", task.Depth);
        ReportJson.Text(writer, "parent", task.ParentId);
        ReportJson.Text(writer, "awaits", task.Awaits);
        ReportJson.Texts(writer, "awaitedBy", task.AwaitedBy);
        ReportJson.Time(writer, "at", task.CapturedAt);
        writer.WriteNumber("node", _frames.Add(task.Frames, process, task.Program));
        if (task.CreatedAt is { Count: > 0 } created)
        {
            writer.WriteNumber("created", _frames.Add(created, process, task.Program));
        }

        if (!task.IsCoherent)
        {
            writer.WriteBoolean("unsure", true);
        }

        ReportJson.Texts(writer, "warnings", task.Warnings);
        ReportJson.Wait(writer, task.Wait);
        ReportJson.Variables(writer, task.Frames, ref _room);
        writer.WriteEndObject();
    }

    private void WriteDeadlocks(Utf8JsonWriter writer)
    {
        writer.WriteStartArray("deadlocks");
        foreach ((PyDeadlock deadlock, string machine) in _report.Deadlocks)
        {
            writer.WriteStartObject();
            writer.WriteNumber("process", _processes.Of(machine, deadlock));
            writer.WriteString("kind", deadlock.Kind.ToString());
            ReportJson.Text(writer, "title", deadlock.ToString());
            ReportJson.Texts(writer, "lines", deadlock.Description);
            ReportJson.Number(writer, "timeout", deadlock.Timeout);
            writer.WriteStartArray("threads");
            foreach (PyThread thread in deadlock.Threads)
            {
                writer.WriteNumberValue(_threads[(_processes.Of(machine, thread), thread.ThreadId)]);
            }

            writer.WriteEndArray();
            writer.WriteStartArray("tasks");
            foreach (PyTask task in deadlock.Tasks)
            {
                writer.WriteNumberValue(_tasks[(_processes.Of(machine, task), task.Id)]);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    // Their processes are written with the others; the graph is that of the profile's own page.
    private void WriteProfiles(Utf8JsonWriter writer)
    {
        if (_report.Profiles.Count == 0)
        {
            return;
        }

        List<PyProfile> profiles = _report.Profiles.ConvertAll(item => item.Value);
        writer.WriteStartArray("profiled");
        foreach ((PyProfile profile, string machine) in _report.Profiles)
        {
            writer.WriteNumberValue(_processes.Of(machine, profile));
        }

        writer.WriteEndArray();
        writer.WritePropertyName("profile");
        new PageData(new ProfileSet(profiles, []), hasSources: false, _cancellation).Write(writer);
    }
}
