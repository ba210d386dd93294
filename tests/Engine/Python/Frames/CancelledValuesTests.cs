using System;
using System.Threading;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Code;
using PyStack.Engine.Python.Frames;
using PyStack.Engine.Python.Repr;
using PyStack.Engine.Python.Runtime;
using PyStack.Engine.Tests.Sessions;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Python.Frames;

/// <summary>Whoever wants no more is heard while code objects and variables are read and written, and the pause is left early.</summary>
public sealed class CancelledValuesTests
{
    [Fact]
    public void A_pass_over_a_hundred_thousand_code_objects_ends_when_it_is_cancelled()
    {
        using CancellationTokenSource source = new();
        Cancelling memory = new(source, reads: 10);
        using PageSnapshot copy = new(memory, Limits.Default);
        RawCapture capture = new();
        for (int i = 1; i <= 100_000; i++)
        {
            capture.Frames.Add(new RawFrame(0x1000, (ulong)i << 12, 0, IsEntry: true, IsGenerator: false));
        }

        new CodePrefetch(Layout(), Limits.Default).Prefetch(copy, capture.Frames, 0, capture.Frames.Count, source.Token);

        Assert.Equal(10, memory.Reads);
    }

    [Fact]
    public void Values_that_are_written_end_by_the_exception_and_those_of_the_pause_without_one()
    {
        using Target target = Target.StartSilent(InterpreterSet.Any, "values.py", new() { Arguments = ["containers"] });
        _ = target.ReadLine();
        Wait.Until(() => Captures.Once(target, Captures.Blocking)[0] is { Gil: not PyGilState.Held } thread && thread.Frames[^1].Function == "tell", "it does not come to wait");
        RecordedProcess recorded = RecordedProcess.Take(target.ProcessId, new ValueOptions());
        RawCapture capture = new();
        using PageSnapshot copy = new(new MutatedMemory(recorded, []), Limits.Default);
        Assert.True(new RuntimeWalker(recorded.Runtime.Layout, Limits.Default, recorded.Runtime.Variables).TryWalk(copy, recorded.Runtime.Address, capture));
        int walked = copy.PageCount;
        CancellationToken cancelled = new(canceled: true);
        FrameVariables variables = new(recorded.Runtime.Layout, new ValueOptions(), Limits.Default);

        variables.BeginPrefetch(copy, isPaused: true, cancelled);
        variables.Prefetch(capture.Frames, 0, capture.Frames.Count);
        Assert.Equal(walked, copy.PageCount);

        variables.BeginPrefetch(copy, isPaused: false, cancelled);
        Assert.Throws<OperationCanceledException>(() => variables.Prefetch(capture.Frames, 0, capture.Frames.Count));
        variables.Begin(copy, cancelled);
        Assert.Throws<OperationCanceledException>(() =>
        {
            for (int i = 0; i < capture.Frames.Count; i++)
            {
                variables.Read(capture.Frames[i]);
            }
        });
    }

    private static PyStack.Engine.Python.Layouts.PythonLayout Layout() => PyStack.Engine.Python.Layouts.LayoutCatalogue.All[^1];

    /// <summary>Memory of which nothing can be read, and whose reader loses patience.</summary>
    private sealed class Cancelling(CancellationTokenSource source, int reads) : IMemorySource
    {
        public int Reads { get; private set; }

        public int Read(ulong address, Span<byte> destination)
        {
            if (++Reads == reads)
            {
                source.Cancel();
            }

            return 0;
        }
    }
}
