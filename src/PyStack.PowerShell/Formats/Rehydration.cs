using System;
using System.Collections;
using System.Collections.Specialized;
using System.Management.Automation;

namespace PyStack;

/// <summary>Threads and frames as they were, from what remoting, jobs and clixml make of them: property bags.</summary>
internal static class Rehydration
{
    /// <summary>The thread itself, or a copy of a deserialized one. What is missing stays empty.</summary>
    public static PyThread Thread(PSObject thread)
    {
        if (thread.BaseObject is PyThread live)
        {
            return live;
        }

        return new PyThread
        {
            ProcessId = Value<int>(thread, nameof(PyThread.ProcessId)),
            ProcessName = Value<string>(thread, nameof(PyThread.ProcessName)),
            ThreadId = Value<int>(thread, nameof(PyThread.ThreadId)),
            Name = Value<string>(thread, nameof(PyThread.Name)),
            Source = Value<PySource>(thread, nameof(PyThread.Source)),
            Path = Value<string>(thread, nameof(PyThread.Path)),
            CoreSummary = Value<string[]>(thread, nameof(PyThread.CoreSummary)) ?? [],
            InterpreterId = Value<long>(thread, nameof(PyThread.InterpreterId)),
            InterpreterCount = Value<int>(thread, nameof(PyThread.InterpreterCount)),
            Part = Value<int>(thread, nameof(PyThread.Part)),
            PythonVersion = Value<string>(thread, nameof(PyThread.PythonVersion)) ?? "",
            Status = Value<string>(thread, nameof(PyThread.Status)) ?? "",
            IsMerged = Value<bool?>(thread, nameof(PyThread.IsMerged)),
            Frames = Frames(thread),
            StackHash = Value<string>(thread, nameof(PyThread.StackHash)) ?? "",
            CapturedAt = Value<DateTime>(thread, nameof(PyThread.CapturedAt)),
            Pause = Value<TimeSpan>(thread, nameof(PyThread.Pause)),
            IsCoherent = Value<bool>(thread, nameof(PyThread.IsCoherent)),
            Warnings = Value<string[]>(thread, nameof(PyThread.Warnings)) ?? [],
        };
    }

    private static PyFrame[] Frames(PSObject thread)
    {
        if (Unwrapped(thread.Properties[nameof(PyThread.Frames)]?.Value) is not IList list)
        {
            return [];
        }

        var frames = new PyFrame[list.Count];
        for (int i = 0; i < frames.Length; i++)
        {
            frames[i] = Frame(PSObject.AsPSObject(list[i] ?? ""));
        }

        return frames;
    }

    /// <summary>The frame itself, or a copy of a deserialized one. What is missing stays empty.</summary>
    public static PyFrame Frame(PSObject frame)
    {
        if (frame.BaseObject is PyFrame live)
        {
            return live;
        }

        return new PyFrame
        {
            ProcessId = Value<int>(frame, nameof(PyFrame.ProcessId)),
            ThreadId = Value<int>(frame, nameof(PyFrame.ThreadId)),
            Index = Value<int>(frame, nameof(PyFrame.Index)),
            Kind = Value<PyFrameKind>(frame, nameof(PyFrame.Kind)),
            Function = Value<string>(frame, nameof(PyFrame.Function)),
            File = Value<string>(frame, nameof(PyFrame.File)),
            Line = Value<int?>(frame, nameof(PyFrame.Line)),
            EndLine = Value<int?>(frame, nameof(PyFrame.EndLine)),
            Column = Value<int?>(frame, nameof(PyFrame.Column)),
            EndColumn = Value<int?>(frame, nameof(PyFrame.EndColumn)),
            SourceLine = Value<string>(frame, nameof(PyFrame.SourceLine)),
            IsSourceNewer = Value<bool>(frame, nameof(PyFrame.IsSourceNewer)),
            Arguments = Variables(frame, nameof(PyFrame.Arguments)),
            Locals = Variables(frame, nameof(PyFrame.Locals)),
            Library = Value<string>(frame, nameof(PyFrame.Library)),
            IsInlined = Value<bool>(frame, nameof(PyFrame.IsInlined)),
        };
    }

    private static OrderedDictionary? Variables(PSObject frame, string name)
    {
        if (Unwrapped(frame.Properties[name]?.Value) is not IDictionary variables)
        {
            return null;
        }

        var copy = new OrderedDictionary(variables.Count);
        foreach (DictionaryEntry variable in variables)
        {
            copy[variable.Key] = variable.Value;
        }

        return copy;
    }

    private static object? Unwrapped(object? value) => value is PSObject wrapped ? wrapped.BaseObject : value;

    private static T? Value<T>(PSObject from, string name)
    {
        object? value = from.Properties[name]?.Value;
        // PowerShell makes "" of a null string; an absent text shall stay absent.
        return value is not null && LanguagePrimitives.TryConvertTo(value, out T converted) ? converted : default;
    }
}
