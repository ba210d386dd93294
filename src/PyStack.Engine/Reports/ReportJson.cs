using System;
using System.Collections;
using System.Globalization;
using System.Text.Json;
using PyStack.Engine.Profiling.Formats;

namespace PyStack.Engine.Reports;

/// <summary>Parts that threads and tasks have in common, as JSON. What is empty is left out.</summary>
internal static class ReportJson
{
    /// <summary>A text, escaped and cut; nothing for null and "".</summary>
    public static void Text(Utf8JsonWriter writer, string name, string? text)
    {
        if (!string.IsNullOrEmpty(text))
        {
            writer.WriteString(name, ProfileText.Of(text));
        }
    }

    public static void Number(Utf8JsonWriter writer, string name, double? number)
    {
        if (number is double known && double.IsFinite(known))
        {
            writer.WriteNumber(name, Math.Round(known, 3));
        }
    }

    public static void Time(Utf8JsonWriter writer, string name, DateTime time)
    {
        if (time != default)
        {
            writer.WriteString(name, time.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture));
        }
    }

    public static void Texts(Utf8JsonWriter writer, string name, PyTextList texts)
    {
        if (texts.Count == 0)
        {
            return;
        }

        writer.WriteStartArray(name);
        foreach (string text in texts)
        {
            writer.WriteStringValue(ProfileText.Of(text));
        }

        writer.WriteEndArray();
    }

    public static void Wait(Utf8JsonWriter writer, PyWait? wait)
    {
        if (wait is null)
        {
            return;
        }

        writer.WriteStartObject("wait");
        writer.WriteString("kind", wait.Kind.ToString());
        Text(writer, "text", wait.Description);
        Text(writer, "call", wait.SystemCall);
        Text(writer, "resource", wait.Resource);
        Number(writer, "thread", wait.HolderThreadId);
        Number(writer, "process", wait.HolderProcessId);
        Text(writer, "task", wait.HolderTaskId);
        Number(writer, "timeout", wait.Timeout);
        if (wait.IsHolderGone == true)
        {
            writer.WriteBoolean("gone", true);
        }

        writer.WriteEndObject();
    }

    /// <summary>The variables of frames, as they are in the objects: secrets are hidden there already.</summary>
    /// <param name="room">How many characters the report has left for variables.</param>
    public static void Variables(Utf8JsonWriter writer, PyFrameList frames, ref long room)
    {
        bool hasAny = false;
        for (int i = 0; i < frames.Count; i++)
        {
            PyFrame frame = frames[i];
            if ((frame.Arguments is null or { Count: 0 } && frame.Locals is null or { Count: 0 }) || room <= 0)
            {
                continue;
            }

            if (!hasAny)
            {
                writer.WriteStartArray("variables");
                hasAny = true;
            }

            writer.WriteStartArray();
            writer.WriteNumberValue(i);
            Write(writer, frame.Arguments, ref room);
            Write(writer, frame.Locals, ref room);
            writer.WriteEndArray();
        }

        if (hasAny)
        {
            writer.WriteEndArray();
        }
    }

    private static void Write(Utf8JsonWriter writer, PyVariables? variables, ref long room)
    {
        writer.WriteStartArray();
        foreach (DictionaryEntry variable in variables ?? [])
        {
            string name = ProfileText.Of(variable.Key.ToString()), value = ProfileText.Of(variable.Value?.ToString());
            room -= name.Length + value.Length;
            writer.WriteStringValue(name);
            writer.WriteStringValue(value);
        }

        writer.WriteEndArray();
    }
}
