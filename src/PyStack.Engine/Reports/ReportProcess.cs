using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text.Json;
using PyStack.Engine.Profiling.Formats;

namespace PyStack.Engine.Reports;

/// <summary>A process or core of a report: what its objects say of it, as labels and texts.</summary>
internal sealed class ReportProcess(int number, string machine, int id, string? corePath)
{
    private const string TimeFormat = "yyyy-MM-dd HH:mm:ss";

    private string? _name;
    private string? _python;
    private DateTime _first = DateTime.MaxValue;
    private DateTime _last = DateTime.MinValue;

    public int Number => number;

    public int Id => id;

    public PyProcess? Details { get; set; }

    public PyCore? Core { get; set; }

    /// <summary>What a core's threads say of its end.</summary>
    public PyTextList Summary { get; set; } = [];

    /// <summary>The longest stop, in milliseconds.</summary>
    public double Pause { get; set; }

    /// <summary>The program that it was read from, if all objects are from the same one.</summary>
    public ProgramIdentity? Program { get; private set; }

    private bool _hasOtherProgram;

    /// <summary>Notes what an object says of it.</summary>
    public void See(string? name, string? python, DateTime at, ProgramIdentity? program)
    {
        _name ??= name;
        _python = string.IsNullOrEmpty(_python) ? python : _python;
        if (at != default)
        {
            _first = at < _first ? at : _first;
            _last = at > _last ? at : _last;
        }

        if (program is not null && !_hasOtherProgram)
        {
            _hasOtherProgram = Program is not null && Program != program;
            Program = _hasOtherProgram ? null : program;
        }
    }

    public void Write(Utf8JsonWriter writer, IReadOnlyList<(string Path, string BuildId)> builds)
    {
        writer.WriteStartObject();
        writer.WriteNumber("pid", id);
        writer.WriteString("name", ProfileText.Of(Details?.Name ?? Core?.Name ?? _name));
        writer.WriteString("machine", machine);
        writer.WriteString("core", ProfileText.Of(corePath));
        writer.WriteString("python", ProfileText.Of(Details?.PythonVersion ?? Core?.PythonVersion ?? _python));
        writer.WriteStartArray("facts");
        foreach ((string label, string? text) in Facts(builds))
        {
            if (!string.IsNullOrEmpty(text))
            {
                writer.WriteStartArray();
                writer.WriteStringValue(label);
                writer.WriteStringValue(ProfileText.Of(text));
                writer.WriteEndArray();
            }
        }

        writer.WriteEndArray();
        writer.WriteStartArray("notes");
        foreach (string note in Notes())
        {
            writer.WriteStringValue(ProfileText.Of(note));
        }

        writer.WriteEndArray();
        if (Core is { Files.Count: > 0 } core)
        {
            WriteFiles(writer, core.Files);
        }

        writer.WriteEndObject();
    }

    private IEnumerable<(string Label, string? Text)> Facts(IReadOnlyList<(string Path, string BuildId)> builds)
    {
        yield return ("Machine", machine);
        yield return ("Core", corePath);
        yield return ("Command line", Details?.CommandLine ?? Core?.Arguments);
        yield return ("Program", Details?.Executable ?? Core?.Executable);
        if (Details is { Interpreters.Count: > 0 } known)
        {
            foreach (PyInterpreter interpreter in known.Interpreters)
            {
                yield return ("Python", string.IsNullOrEmpty(interpreter.Path) ? interpreter.PythonVersion : $"{interpreter.PythonVersion ?? "?"}, {interpreter.Path}");
            }
        }
        else
        {
            yield return ("Python", Details?.PythonVersion ?? Core?.PythonVersion ?? _python);
        }

        foreach ((string path, string buildId) in builds)
        {
            yield return ("Build-id", $"{buildId} {path}");
        }

        foreach ((string label, string? text) in Details is null ? [] : OfProcess(Details))
        {
            yield return (label, text);
        }

        foreach ((string label, string? text) in Core is null ? [] : OfCore(Core))
        {
            yield return (label, text);
        }

        if (_last > DateTime.MinValue)
        {
            yield return (corePath is null ? "Captured" : "Written", _first == _last ? Time(_first) : $"{Time(_first)} to {Time(_last)}");
            yield return ("Stopped for", Pause == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"{Pause:0.00#} ms"));
        }
    }

    private static IEnumerable<(string Label, string? Text)> OfProcess(PyProcess process)
    {
        yield return ("Started", process.StartTime == default ? null : Time(process.StartTime));
        yield return ("User", process.User);
        yield return ("Unit", process.Unit);
        yield return ("Namespace", process.Namespace);
        yield return ("Pod", process.Pod ?? process.PodId);
        yield return ("Container", process.ContainerName is null ? process.Container : $"{process.ContainerName} {process.Container}");
        yield return ("State", process.State == PyThreadState.Unknown ? null : process.State.ToString());
        yield return ("CPU time", process.CpuSeconds is double seconds ? string.Create(CultureInfo.InvariantCulture, $"{seconds:0.00} s") : null);
        yield return ("Memory", process.WorkingSet > 0 ? Size(process.WorkingSet) : null);
        yield return ("Threads", process.Threads > 0 ? process.Threads.ToString(CultureInfo.InvariantCulture) : null);
        yield return ("Parent", process.ParentId > 0 ? process.ParentId.ToString(CultureInfo.InvariantCulture) : null);
    }

    private static IEnumerable<(string Label, string? Text)> OfCore(PyCore core)
    {
        yield return ("Ended by", core.Reason);
        yield return ("User id", core.UserId?.ToString(CultureInfo.InvariantCulture));
        yield return ("Processor", core.Architecture);
        yield return ("Threads", core.Threads > 0 ? core.Threads.ToString(CultureInfo.InvariantCulture) : null);
        yield return ("Size", Size(core.Size));
        yield return ("File of", core.Time == default ? null : Time(core.Time));
    }

    private IEnumerable<string> Notes()
    {
        if (Details is { IsReplaced: true })
        {
            yield return "It runs a program or library whose file an upgrade has replaced or removed: the new one is used after a restart.";
        }

        if (Core is { IsTruncated: true })
        {
            yield return "The core is truncated: what is missing cannot be shown.";
        }

        foreach (string line in Core is null ? Summary : [])
        {
            yield return line;
        }
    }

    private static void WriteFiles(Utf8JsonWriter writer, PyCoreFileList files)
    {
        writer.WriteStartArray("files");
        foreach (PyCoreFile file in files)
        {
            writer.WriteStartArray();
            writer.WriteStringValue(ProfileText.Of(file.Path));
            writer.WriteStringValue(ProfileText.Of(file.BuildId));
            writer.WriteStringValue(file.IsFound ? "" : "not found on the machine that read the core");
            writer.WriteEndArray();
        }

        writer.WriteEndArray();
    }

    private static string Time(DateTime time) => time.ToString(TimeFormat, CultureInfo.InvariantCulture);

    private static string Size(long bytes) => bytes >= 10 << 20
        ? string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:n0} MiB")
        : string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:n0} KiB");
}
