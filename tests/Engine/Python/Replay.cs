using System.Collections;
using System.Collections.Generic;
using System.Collections.Specialized;
using System.Linq;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Code;
using PyStack.Engine.Python.Frames;
using PyStack.Engine.Python.Repr;
using PyStack.Engine.Python.Runtime;

namespace PyStack.Engine.Tests.Python;

/// <summary>What a capture does with a target's memory, from the runtime's address to names and lines.</summary>
internal static class Replay
{
    /// <summary>Walks and decodes straight from the source.</summary>
    /// <returns>One list of functions a thread, outermost first; null if the walk found nothing.</returns>
    /// <param name="values">To decode variables, too.</param>
    public static List<string[]>? Decode(IMemorySource memory, PythonRuntime runtime, Limits limits, ValueOptions? values = null)
    {
        _ = InterpreterValidator.IsAlive(memory, runtime.Address, runtime.Layout, out _);
        RawCapture capture = new();
        return new RuntimeWalker(runtime.Layout, limits, runtime.Variables).TryWalk(memory, runtime.Address, capture)
            ? Decode(memory, runtime, limits, capture, values) : null;
    }

    /// <summary>Walks and decodes as a capture does: from a copy that fills itself, and is then sealed.</summary>
    public static List<string[]>? DecodeCopy(IMemorySource memory, PythonRuntime runtime, Limits limits, out int pages, ValueOptions? values = null)
    {
        using PageSnapshot copy = new(memory, limits);
        RawCapture capture = new();
        bool hasWalked = new RuntimeWalker(runtime.Layout, limits, runtime.Variables).TryWalk(copy, runtime.Address, capture);
        new CodePrefetch(runtime.Layout, limits).Prefetch(copy, capture.Frames, 0, capture.Frames.Count);
        if (values is not null)
        {
            FrameVariables variables = new(runtime.Layout, values, limits);
            variables.BeginPrefetch(copy, isPaused: false);
            variables.Prefetch(capture.Frames, 0, capture.Frames.Count);
            variables.Reserve();
            copy.PrepareRefresh();
            copy.Refresh();
            variables.BeginPrefetch(copy, isPaused: true);
            variables.Prefetch(capture.Frames, 0, capture.Frames.Count);
        }

        copy.IsSealed = true;
        List<string[]>? threads = hasWalked ? Decode(copy, runtime, limits, capture, values) : null;
        pages = copy.PageCount;
        return threads;
    }

    private static List<string[]> Decode(IMemorySource memory, PythonRuntime runtime, Limits limits, RawCapture capture, ValueOptions? values)
    {
        FrameVariables? variables = values is null ? null : new FrameVariables(runtime.Layout, values, limits);
        StackDecoder decoder = new(memory, runtime.Layout, limits, variables);
        List<string[]> threads = [];
        foreach (RawThread thread in capture.Threads)
        {
            List<PythonFrame> frames = decoder.Decode(capture, thread, [], out _);
            threads.Add([.. frames.ConvertAll(frame => $"{frame.Code.FileName}:{frame.Position.Line} {frame.Code.Name}{Text(frame.Arguments)}{Text(frame.Locals)}")]);
        }

        return threads;
    }

    private static string Text(OrderedDictionary? variables)
        => variables is null ? "" : string.Concat(variables.Cast<DictionaryEntry>().Select(entry => $"\n  {entry.Key}: {entry.Value}"));
}
