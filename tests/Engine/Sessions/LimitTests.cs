using System;
using System.Linq;
using PyStack.Engine.Capture;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Repr;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Sessions;

/// <summary>What all frames of a capture hold together is bounded, and what that leaves out is said.</summary>
public sealed class LimitTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Variables_of_all_frames(bool noBlock)
    {
        const int Most = 100;
        using Target target = Target.Start(InterpreterSet.Any, "recursion.py");
        StackOptions options = new() { NoBlock = noBlock, Locals = new ValueOptions(), Limits = Limits.Default with { VariablesInAll = Most } };

        PyThread[] threads = Captures.Once(target, options);

        Assert.InRange(threads.Sum(thread => thread.Frames.Sum(frame => frame.Arguments!.Count + frame.Locals!.Count)), Most / 2, Most);
        Assert.Contains(threads, thread => thread.Frames.Length > 5000);
        Assert.Contains(threads.SelectMany(thread => thread.Warnings), warning => warning.Contains($"more than {Most} variables in total", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false, NativeMode.None)]
    [InlineData(true, NativeMode.None)]
    [InlineData(false, NativeMode.Merged)]
    [InlineData(true, NativeMode.Merged)]
    public void Frames_of_one_thread(bool noBlock, object native)
    {
        const int Most = 1000;
        using Target target = Target.Start(InterpreterSet.Any, "recursion.py");
        StackOptions options = new() { NoBlock = noBlock, Native = (NativeMode)native, Limits = Limits.Default with { FramesPerThread = Most } };

        PyThread thread = Captures.Once(target, options)[^1];

        PyFrame[] frames = [.. thread.Frames.Where(frame => frame.Kind == PyFrameKind.Python)];
        Assert.True(thread.IsCoherent, string.Join(' ', thread.Warnings));
        Assert.Contains($"only the {frames.Length} innermost frames are shown", Assert.Single(thread.Warnings), StringComparison.Ordinal);
        Assert.Equal(Most, frames.Length);
        Assert.Equal(target.Oracle.Threads[^1].Frames.TakeLast(Most).Select(frame => (frame.Function, frame.Line)), frames.Select(frame => (frame.Function, frame.Line)));
        Assert.True(thread.IsMerged is true or null);
    }

    [Fact]
    public void Native_frames_of_all_threads()
    {
        const int Most = 7;
        using Target target = Target.Start(InterpreterSet.Any, "functions.py");
        StackOptions options = new() { Native = NativeMode.AllThreads, Limits = Limits.Default with { NativeFramesInAll = Most } };

        PyThread[] threads = Captures.Once(target, options);

        Assert.InRange(threads.Sum(thread => thread.Frames.Count(frame => frame is { Kind: PyFrameKind.Native, IsInlined: false })), 0, Most);
        Assert.Contains(threads.SelectMany(thread => thread.Warnings), warning => warning.Contains("more frames than PyStack reads", StringComparison.Ordinal));
        Assert.All(threads, thread => Assert.NotEmpty(thread.Frames));
    }
}
