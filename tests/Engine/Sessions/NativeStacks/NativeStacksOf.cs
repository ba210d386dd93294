using System.Collections.Generic;
using PyStack.Engine.Capture;
using PyStack.Engine.Capture.NativeStacks;
using PyStack.Engine.Primitives;
using PyStack.Engine.Processors;
using PyStack.Engine.Targets.Live;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Sessions.NativeStacks;

/// <summary>The native stacks of a process before they are merged with anything.</summary>
internal static class NativeStacksOf
{
    public static Dictionary<int, NativeStack> Process(int processId, StackOptions options)
    {
        using LiveProcess process = LiveProcess.Open(processId, ProcessorCatalogue.OfObserver, Limits.Default);
        using NativeOnlyCapture capture = new(process, options);
        CapturedProcess captured = capture.Capture(TestContext.Current.CancellationToken);
        using NativeStackReader reader = new(process, Limits.Default, SilentLog.Instance);
        Dictionary<int, NativeStack> stacks = [];
        foreach (NativeThread thread in captured.NativeThreads)
        {
            stacks.Add(thread.ThreadId, reader.Read(thread));
        }

        return stacks;
    }

    public static Dictionary<int, NativeStack> Process(Target target) => Process(target.ProcessId, StackOptions.Default);
}
