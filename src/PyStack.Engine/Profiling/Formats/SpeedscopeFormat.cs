using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Text.Json;
using System.Threading;

namespace PyStack.Engine.Profiling.Formats;

/// <summary>
/// The file format of speedscope (its <c>file-format-schema.json</c>, version 1.25): a sampled profile for each thread, with the samples of a stack as one weight in seconds. The samples have
/// no order in time; speedscope's <c>Left Heavy</c> and <c>Sandwich</c> views need none.
/// </summary>
internal sealed class SpeedscopeFormat : IProfileFormat
{
    /// <inheritdoc/>
    public string Name => "Speedscope";

    /// <inheritdoc/>
    public IReadOnlyList<string> Extensions { get; } = [".speedscope.json", ".speedscope"];

    /// <inheritdoc/>
    public string Description => "JSON for speedscope";

    /// <inheritdoc/>
    public bool HasBaseline => false;

    /// <inheritdoc/>
    public void Write(Stream output, ProfileSet profiles, CancellationToken cancellation)
    {
        FrameTable table = new();
        using var writer = new Utf8JsonWriter(output);
        writer.WriteStartObject();
        writer.WriteString("$schema", "https://www.speedscope.app/file-format-schema.json");
        writer.WriteString("exporter", "PyStack");
        writer.WriteString("name", profiles.Profiles.Count == 1 ? ProfileText.Process(profiles.Profiles[0]) : string.Create(CultureInfo.InvariantCulture, $"{profiles.Profiles.Count} processes"));
        writer.WriteNumber("activeProfileIndex", 0);
        writer.WriteStartArray("profiles");
        List<ThreadSamples> threads = ThreadSamples.Of(profiles.Profiles);
        foreach (ThreadSamples thread in threads)
        {
            string name = profiles.Profiles.Count == 1 ? thread.Name : $"{ProfileText.Process(thread.Profile)} {thread.Name}";
            WriteThread(writer, thread, name, table, cancellation);
        }

        if (threads.Count == 0)
        {
            // It takes no file without a profile.
            WriteThread(writer, new ThreadSamples(new PyProfile { ProcessId = 0 }, 0, "", []), "no samples", table, cancellation);
        }

        writer.WriteEndArray();
        writer.WriteStartObject("shared");
        writer.WriteStartArray("frames");
        foreach (FunctionRow function in table.Functions)
        {
            writer.WriteStartObject();
            writer.WriteString("name", function.Name);
            if ((function.File.Length > 0 ? function.File : function.Library) is { Length: > 0 } file)
            {
                writer.WriteString("file", file);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteThread(Utf8JsonWriter writer, ThreadSamples thread, string name, FrameTable table, CancellationToken cancellation)
    {
        double seconds = ThreadSamples.SecondsOf(thread.Profile);
        double weight = seconds > 0 ? seconds : 1;
        long samples = 0;
        writer.WriteStartObject();
        writer.WriteString("type", "sampled");
        writer.WriteString("name", name);
        writer.WriteString("unit", seconds > 0 ? "seconds" : "none");
        writer.WriteStartArray("samples");
        foreach (PyProfileStack stack in thread.Stacks)
        {
            cancellation.ThrowIfCancellationRequested();
            samples += stack.Count;
            writer.WriteStartArray();
            if (ProfileText.Task(stack) is { } task)
            {
                writer.WriteNumberValue(table.Frames[table.OfRoot(task)].Function);
            }

            // Its frames are functions: by lines, a function would be several boxes of the same name.
            foreach (PyProfileFrame frame in stack.Frames)
            {
                writer.WriteNumberValue(table.Frames[table.Of(frame)].Function);
            }

            writer.WriteEndArray();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("weights");
        foreach (PyProfileStack stack in thread.Stacks)
        {
            writer.WriteNumberValue(Math.Round(stack.Count * weight, 9));
        }

        writer.WriteEndArray();
        writer.WriteNumber("startValue", 0);
        writer.WriteNumber("endValue", Math.Round(samples * weight, 9));
        writer.WriteEndObject();
    }
}
