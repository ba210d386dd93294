using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Text.Json;
using System.Threading;

namespace PyStack.Engine.Profiling.Formats.Page;

/// <summary>What the page shows, as JSON of columns: texts once, stacks as a tree of numbers. <c>data.js</c> reads it.</summary>
/// <param name="hasSources">Whether the source files of the profiles are in it.</param>
internal sealed class PageData(ProfileSet profiles, bool hasSources, CancellationToken cancellation)
{
    private readonly FrameTable _table = new();
    private readonly StackTree _tree = new();

    public void Write(Stream output)
    {
        using var writer = new Utf8JsonWriter(output);
        Write(writer);
    }

    /// <summary>The same as one value of other JSON.</summary>
    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteNumber("version", 1);
        writer.WriteStartArray("profiles");
        WriteProfiles(writer, profiles.Profiles, isBaseline: false);
        WriteProfiles(writer, profiles.Baseline, isBaseline: true);
        writer.WriteEndArray();
        WriteStacks(writer);
        WriteFunctions(writer);
        PageSources.Write(writer, hasSources ? profiles.Profiles : []);
        writer.WriteEndObject();
    }

    private static void WriteProfiles(Utf8JsonWriter writer, IReadOnlyList<PyProfile> all, bool isBaseline)
    {
        foreach (PyProfile profile in all)
        {
            writer.WriteStartObject();
            writer.WriteNumber("pid", profile.ProcessId);
            writer.WriteString("name", ProfileText.Of(profile.ProcessName));
            writer.WriteString("python", ProfileText.Of(profile.PythonVersion));
            writer.WriteString("started", profile.StartedAt.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture));
            writer.WriteNumber("seconds", Finite(profile.DurationSeconds));
            writer.WriteNumber("rate", Finite(profile.Rate));
            writer.WriteNumber("achieved", Finite(profile.AchievedRate));
            writer.WriteNumber("torn", profile.Torn);
            writer.WriteNumber("missed", profile.Missed);
            writer.WriteString("mode", profile.Mode.ToString());
            writer.WriteBoolean("baseline", isBaseline);
            writer.WriteStartArray("warnings");
            foreach (string warning in profile.Warnings)
            {
                writer.WriteStringValue(ProfileText.Of(warning));
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }
    }

    // JSON has no infinity.
    private static double Finite(double number) => double.IsFinite(number) ? Math.Round(number, 6) : 0;

    private void WriteStacks(Utf8JsonWriter writer)
    {
        List<long> nodes = [], counts = [], owners = [], states = [];
        Dictionary<(int Profile, int Thread, string? Name, string? Id, string? Task), int> known = [];
        writer.WriteStartArray("owners");
        int profileIndex = 0;
        foreach (PyProfile profile in (PyProfile[])[.. profiles.Profiles, .. profiles.Baseline])
        {
            foreach (PyProfileStack stack in profile.Stacks)
            {
                cancellation.ThrowIfCancellationRequested();
                if (stack.Count <= 0)
                {
                    continue;
                }

                (int, int, string?, string?, string?) key = (profileIndex, stack.ThreadId, stack.ThreadName, stack.TaskId, stack.TaskName);
                if (!known.TryGetValue(key, out int owner))
                {
                    owner = known.Count;
                    known.Add(key, owner);
                    WriteOwner(writer, profileIndex, stack);
                }

                nodes.Add(_tree.Add(StackTree.None, _table, stack.Frames));
                counts.Add(stack.Count);
                owners.Add(owner);
                states.Add((stack.IsIdle ? 1 : 0) | (stack.HasGil switch { true => 2, false => 4, null => 0 }));
            }

            profileIndex++;
        }

        writer.WriteEndArray();
        writer.WriteStartObject("stacks");
        Column(writer, "node", nodes.Count, i => nodes[i]);
        Column(writer, "count", counts.Count, i => counts[i]);
        Column(writer, "owner", owners.Count, i => owners[i]);
        Column(writer, "state", states.Count, i => states[i]);
        writer.WriteEndObject();
        writer.WriteStartObject("tree");
        Column(writer, "frame", _tree.Frames.Count, i => _tree.Frames[i]);

        // How many rows above the parent is, mostly one; 0 for none.
        Column(writer, "up", _tree.Parents.Count, i => _tree.Parents[i] == StackTree.None ? 0 : i - _tree.Parents[i]);
        writer.WriteEndObject();
    }

    private static void WriteOwner(Utf8JsonWriter writer, int profile, PyProfileStack stack)
    {
        writer.WriteStartObject();
        writer.WriteNumber("profile", profile);
        writer.WriteNumber("tid", stack.ThreadId);
        writer.WriteString("thread", ProfileText.Of(stack.ThreadName));
        if (stack.TaskId is not null)
        {
            writer.WriteString("task", ProfileText.Of(stack.TaskName ?? stack.TaskId));
        }

        writer.WriteEndObject();
    }

    private void WriteFunctions(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("frames");
        Column(writer, "function", _table.Frames.Count, i => _table.Frames[i].Function);
        Column(writer, "line", _table.Frames.Count, i => _table.Frames[i].Line);
        writer.WriteEndObject();
        writer.WriteStartArray("functions");
        foreach (FunctionRow function in _table.Functions)
        {
            writer.WriteStartArray();
            writer.WriteStringValue(function.Name);
            writer.WriteStringValue(function.File);
            writer.WriteStringValue(function.Library);
            writer.WriteNumberValue((int)function.Kind);
            writer.WriteEndArray();
        }

        writer.WriteEndArray();
    }

    private static void Column(Utf8JsonWriter writer, string name, int length, Func<int, long> value)
    {
        writer.WriteStartArray(name);
        for (int i = 0; i < length; i++)
        {
            writer.WriteNumberValue(value(i));
        }

        writer.WriteEndArray();
    }
}
