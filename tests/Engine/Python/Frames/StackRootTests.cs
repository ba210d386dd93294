using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using PyStack.Engine.Processors;
using PyStack.Engine.Python.Frames;
using PyStack.Engine.Python.Runtime;
using PyStack.Engine.Targets.Live;
using PyStack.Engine.Tests.Sessions;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Python.Frames;

/// <summary>Stacks that begin at something else than a thread state, as the target's own Python sees them.</summary>
public sealed class StackRootTests
{
    public static TheoryData<string> Interpreters => Rows.OnePerSeries();

    public static TheoryData<string> FreeThreaded => [.. InterpreterSet.All.Where(one => one.IsFreeThreaded).Select(one => one.Name).DefaultIfEmpty("")];

    [Theory]
    [MemberData(nameof(Interpreters))]
    public void A_generators_stack_is_its_own_frame_and_those_of_what_it_awaits(string interpreter) => Compare(InterpreterSet.Named(interpreter));

    [Theory]
    [MemberData(nameof(FreeThreaded))]
    public void So_it_is_in_a_build_without_a_gil(string interpreter)
    {
        Assert.SkipUnless(interpreter.Length > 0, "no free-threaded interpreter");
        Compare(InterpreterSet.Named(interpreter));
    }

    [Theory]
    [MemberData(nameof(Rows.OldestAndNewest), MemberType = typeof(Rows))]
    public void A_thread_state_and_its_innermost_frame_are_roots_of_the_same_frames(string interpreter)
    {
        using Target target = Target.Start(InterpreterSet.Named(interpreter), "recursion.py");
        using LiveProcess process = LiveProcess.Open(target.ProcessId, ProcessorCatalogue.OfObserver, Limits.Default);
        PythonRuntime runtime = new RuntimeLocator(process, Limits.Default, SilentLog.Instance).Locate();
        RawCapture whole = new();
        Assert.True(new RuntimeWalker(runtime.Layout, Limits.Default, runtime.Variables).TryWalk(process.Memory, runtime.Address, whole));
        RawThread thread = whole.Threads.MaxBy(one => one.FrameCount);
        Assert.True(thread.FrameCount > 3);

        FrameWalker walker = new(runtime.Layout, Limits.Default);
        foreach (StackRoot root in (StackRoot[])[new(StackRootKind.ThreadState, thread.Address), new(StackRootKind.Frame, whole.Frames[thread.FirstFrame].Address)])
        {
            RawCapture capture = new();
            RawStack stack = walker.Walk(process.Memory, root, capture);

            Assert.Equal((ChainEnd.Complete, root, GeneratorState.Unknown), (stack.End, stack.Root, stack.State));
            Assert.Equal(
                Enumerable.Range(thread.FirstFrame, thread.FrameCount).Select(i => whole.Frames[i].Address),
                Enumerable.Range(stack.FirstFrame, stack.FrameCount).Select(i => capture.Frames[i].Address));
        }
    }

    [Fact]
    public void A_chain_of_more_generators_than_the_limit_ends_at_it_and_keeps_the_outermost()
    {
        using Target target = Target.StartSilent(InterpreterSet.All[^1], "suspended.py");
        JsonElement[] situations = Situations(target);
        JsonElement deep = situations.Single(one => one.GetProperty("name").GetString() == "deep");
        using LiveProcess process = LiveProcess.Open(target.ProcessId, ProcessorCatalogue.OfObserver, Limits.Default);
        PythonRuntime runtime = new RuntimeLocator(process, Limits.Default, SilentLog.Instance).Locate();
        Limits few = Limits.Default with { FramesPerThread = 5 };
        RawCapture capture = new();

        RawStack stack = new FrameWalker(runtime.Layout, few).Walk(process.Memory, RootOf(deep), capture);

        Assert.Equal((ChainEnd.Limit, 5), (stack.End, stack.FrameCount));
        List<string> warnings = [];
        Assert.Equal(5, new StackDecoder(process.Memory, runtime.Layout, few).DecodeRoot(capture, stack, warnings, out _).Count);
        Assert.EndsWith("only the 5 outermost frames are shown.", Assert.Single(warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Generators_that_await_each_other_in_a_circle_end_where_the_circle_closes()
    {
        using Target target = Target.StartSilent(InterpreterSet.All[^1], "suspended.py");
        JsonElement[] situations = Situations(target);
        using LiveProcess process = LiveProcess.Open(target.ProcessId, ProcessorCatalogue.OfObserver, Limits.Default);
        PythonRuntime runtime = new RuntimeLocator(process, Limits.Default, SilentLog.Instance).Locate();
        StackRoot root = RootOf(situations.Single(one => one.GetProperty("name").GetString() == "yield from"));
        RawCapture capture = new();

        // What the outer one awaits is replaced by itself.
        Assert.True(new GeneratorReader(runtime.Layout).TryRead(process.Memory, root.Address, out RawGenerator generator));
        Replaced memory = new(process.Memory, generator.Awaited, root.Address);
        RawStack stack = new FrameWalker(runtime.Layout, Limits.Default).Walk(memory, root, capture);

        Assert.NotEqual(0UL, generator.Awaited);
        Assert.Equal(ChainEnd.Cycle, stack.End);
        Assert.InRange(stack.FrameCount, 1, 2);
    }

    private static void Compare(Interpreter interpreter)
    {
        using Target target = Target.StartSilent(interpreter, "suspended.py");
        JsonElement[] situations = Situations(target);
        using LiveProcess process = LiveProcess.Open(target.ProcessId, ProcessorCatalogue.OfObserver, Limits.Default);
        PythonRuntime runtime = new RuntimeLocator(process, Limits.Default, SilentLog.Instance).Locate();
        FrameWalker walker = new(runtime.Layout, Limits.Default);
        StackDecoder decoder = new(process.Memory, runtime.Layout, Limits.Default);
        RawCapture capture = new();
        Assert.Equal(interpreter.Major > 2 ? 13 : 5, situations.Length);
        foreach (JsonElement situation in situations)
        {
            string name = situation.GetProperty("name").GetString()!;
            List<string> warnings = [];

            // All in one capture, as a list of tasks will be.
            RawStack stack = walker.Walk(process.Memory, RootOf(situation), capture);
            List<PythonFrame> frames = decoder.DecodeRoot(capture, stack, warnings, out ChainEnd end);

            string[] expected = [.. situation.GetProperty("frames").EnumerateArray().Select(frame => $"{frame[0].GetString()}:{frame[1].GetInt32()}")];
            string state = situation.GetProperty("state").GetString()!;
            Assert.Equal((name, string.Join(' ', expected)), (name, string.Join(' ', frames.Select(frame => $"{frame.Code.Name}:{frame.Position.Line}"))));
            Assert.Equal((name, state), (name, stack.State.ToString()));
            Assert.Equal((name, state == "Unknown" ? ChainEnd.Unreadable : ChainEnd.Complete), (name, end));
            Assert.Equal((name, situation.GetProperty("awaits").GetUInt64()), (name, stack.Awaits));
            Assert.All(frames, frame => Assert.True(frame is { IsGenerator: true, IsLinked: false, IsHidden: false }, name));
            Assert.Equal(state == "Unknown" ? 1 : 0, warnings.Count);
        }
    }

    private static JsonElement[] Situations(Target target)
        => [.. JsonDocument.Parse(target.ReadLine()).RootElement.GetProperty("situations").EnumerateArray().Select(one => one.Clone())];

    private static StackRoot RootOf(JsonElement situation) => new(StackRootKind.Generator, situation.GetProperty("address").GetUInt64());

    // A word that holds one address holds another.
    private sealed class Replaced(IMemorySource source, ulong old, ulong value) : IMemorySource
    {
        public int Read(ulong address, Span<byte> destination)
        {
            int count = source.Read(address, destination);
            for (int i = 0; i + sizeof(ulong) <= count; i += sizeof(ulong))
            {
                // Tags of a reference stay.
                ulong word = BitConverter.ToUInt64(destination[i..]);
                if ((word & ~3UL) == old)
                {
                    BitConverter.TryWriteBytes(destination[i..], value | (word & 3));
                }
            }

            return count;
        }
    }
}
