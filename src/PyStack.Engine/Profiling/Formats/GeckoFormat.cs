using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Text.Json;
using System.Threading;

namespace PyStack.Engine.Profiling.Formats;

/// <summary>
/// The processed profile format of the Firefox Profiler, version 60 (<c>docs-developer/CHANGELOG-formats.md</c> and <c>src/types/profile.ts</c> of github.com/firefox-devtools/profiler), which newer versions
/// of it upgrade. Each stack is one sample with a weight. Samples have no order in time, so on the time line they are beside each other, each as long as all samples of its stack.
/// </summary>
internal sealed class GeckoFormat : IProfileFormat
{
    private const int FormatVersion = 60;

    // As Firefox 140 wrote; the field is not read where the processed version is there.
    private const int GeckoVersion = 31;

    /// <inheritdoc/>
    public string Name => "Gecko";

    /// <inheritdoc/>
    public IReadOnlyList<string> Extensions { get; } = [".gecko.json"];

    /// <inheritdoc/>
    public string Description => "JSON for the Firefox Profiler";

    /// <inheritdoc/>
    public bool HasBaseline => false;

    /// <inheritdoc/>
    public void Write(Stream output, ProfileSet profiles, CancellationToken cancellation)
    {
        FrameTable table = new();
        StackTree tree = new();
        GeckoStrings strings = new();
        using var writer = new Utf8JsonWriter(output);
        writer.WriteStartObject();
        WriteMeta(writer, profiles);
        writer.WriteStartArray("libs");
        writer.WriteEndArray();
        writer.WriteStartArray("threads");
        foreach (ThreadSamples thread in ThreadSamples.Of(profiles.Profiles))
        {
            WriteThread(writer, thread, table, tree, cancellation);
        }

        writer.WriteEndArray();
        writer.WriteStartObject("shared");
        GeckoTables.Write(writer, table, tree, strings);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteMeta(Utf8JsonWriter writer, ProfileSet profiles)
    {
        PyProfile? first = profiles.Profiles.Count > 0 ? profiles.Profiles[0] : null;
        double interval = first is null ? 0 : ThreadSamples.SecondsOf(first) * 1000;
        writer.WriteStartObject("meta");
        writer.WriteNumber("interval", interval > 0 ? Math.Round(interval, 6) : 1);
        writer.WriteNumber("startTime", first is null || first.StartedAt.Year < 1970 ? 0 : Math.Round((first.StartedAt.ToUniversalTime() - DateTime.UnixEpoch).TotalMilliseconds, 3));
        writer.WriteNumber("processType", 0);
        writer.WriteString("product", first is null ? "Python" : $"Python {ProfileText.Of(first.PythonVersion)}".TrimEnd());
        writer.WriteNumber("stackwalk", 0);
        writer.WriteNumber("version", GeckoVersion);
        writer.WriteNumber("preprocessedProfileVersion", FormatVersion);
        writer.WriteString("importedFrom", "PyStack");
        writer.WriteString("platform", "Linux");
        writer.WriteString("oscpu", "");
        writer.WriteString("toolkit", "");
        writer.WriteString("misc", "");
        writer.WriteString("abi", "");
        writer.WriteBoolean("symbolicated", true);
        writer.WriteBoolean("sourceCodeIsNotOnSearchfox", true);
        writer.WriteStartArray("markerSchema");
        writer.WriteEndArray();
        GeckoTables.WriteCategories(writer);
        writer.WriteEndObject();
    }

    private static void WriteThread(Utf8JsonWriter writer, ThreadSamples thread, FrameTable table, StackTree tree, CancellationToken cancellation)
    {
        writer.WriteStartObject();
        writer.WriteString("name", thread.Name);
        writer.WriteString("processName", ProfileText.Process(thread.Profile));
        writer.WriteString("processType", "default");
        writer.WriteNumber("processStartupTime", 0);
        writer.WriteNull("processShutdownTime");
        writer.WriteNumber("registerTime", 0);
        writer.WriteNull("unregisterTime");
        writer.WriteStartArray("pausedRanges");
        writer.WriteEndArray();
        writer.WriteBoolean("isMainThread", thread.ThreadId == thread.Profile.ProcessId);
        writer.WriteString("pid", thread.Profile.ProcessId.ToString(CultureInfo.InvariantCulture));
        writer.WriteNumber("tid", thread.ThreadId);
        writer.WriteStartObject("markers");
        GeckoTables.WriteEmpty(writer, "data", "name", "startTime", "endTime", "phase", "category");
        writer.WriteEndObject();
        WriteSamples(writer, thread, table, tree, cancellation);
        writer.WriteEndObject();
    }

    private static void WriteSamples(Utf8JsonWriter writer, ThreadSamples thread, FrameTable table, StackTree tree, CancellationToken cancellation)
    {
        double interval = Math.Max(ThreadSamples.SecondsOf(thread.Profile) * 1000, 1e-6);
        writer.WriteStartObject("samples");
        writer.WriteString("weightType", "samples");
        writer.WriteNumber("length", thread.Stacks.Count);
        writer.WriteStartArray("stack");
        foreach (PyProfileStack stack in thread.Stacks)
        {
            cancellation.ThrowIfCancellationRequested();
            int root = ProfileText.Task(stack) is { } task ? tree.Add(StackTree.None, table.OfRoot(task)) : StackTree.None;
            int node = tree.Add(root, table, stack.Frames);
            if (node == StackTree.None)
            {
                writer.WriteNullValue();
            }
            else
            {
                writer.WriteNumberValue(node);
            }
        }

        writer.WriteEndArray();
        writer.WriteStartArray("time");
        double time = 0;
        foreach (PyProfileStack stack in thread.Stacks)
        {
            writer.WriteNumberValue(Math.Round(time, 6));
            time += stack.Count * interval;
        }

        writer.WriteEndArray();
        writer.WriteStartArray("weight");
        foreach (PyProfileStack stack in thread.Stacks)
        {
            writer.WriteNumberValue(stack.Count);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
