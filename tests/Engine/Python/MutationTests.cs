using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using PyStack.Engine.Primitives;
using PyStack.Engine.Tests.Sessions;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Reports;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Python;

/// <summary>A forged process: the memory of a real one, with bytes changed where a capture looks.</summary>
public sealed class MutationTests
{
    private const int Mutations = 350;
    private const long AllocationLimit = 600L << 20;
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan HangLimit = TimeSpan.FromSeconds(20);

    [Theory]
    [MemberData(nameof(Rows.OnePerSeries), MemberType = typeof(Rows))]
    public void Memory_that_was_forged_ends_in_a_stack_or_a_known_error_within_a_second(string interpreter)
    {
        RecordedProcess recorded = Record(interpreter, out _);
        int stacks = 0;
        int others = 0;
        for (int seed = 0; seed < Mutations; seed++)
        {
            MutatedMemory memory = new(recorded, seed);
            Outcome outcome = Decode(memory, recorded);
            if (outcome.Time > TimeLimit)
            {
                // A second look, for a machine that was busy: a chain without end takes long both times.
                outcome = Decode(memory, recorded);
            }

            string what = $"mutation {seed}: {memory.Changes}";
            Assert.True(outcome.Time < TimeLimit, $"{what}: takes longer than a second");
            Assert.True(outcome.Failure is null, $"{what}: {outcome.Failure}");
            Assert.True(outcome.Pages * 4096L <= Limits.Default.SnapshotBytes, $"{what}: {outcome.Pages} pages copied");
            Assert.True(outcome.Allocated < AllocationLimit, $"{what}: {outcome.Allocated} bytes allocated");
            stacks += outcome.HasStack ? 1 : 0;
            others += outcome.HasStack ? 0 : 1;
        }

        TestReport.Note($"Mutations on {interpreter}: {stacks} gave stacks, {others} an error");
        Assert.True(stacks > Mutations / 10 && stacks + others == Mutations);
    }

    [Theory]
    [MemberData(nameof(Rows.OnePerSeries), MemberType = typeof(Rows))]
    public void Memory_that_was_recorded_decodes_to_the_targets_own_stacks_without_the_target(string interpreter)
    {
        RecordedProcess recorded = Record(interpreter, out OracleReport oracle);

        List<string[]>? threads = Replay.DecodeCopy(new MutatedMemory(recorded, []), recorded.Runtime, Limits.Default, out _);

        Assert.NotNull(threads);
        Assert.Equal(
            oracle.Threads.Select(thread => string.Join('\n', thread.Frames.Select(frame => $"{frame.File}:{frame.Line} {frame.Function}"))),
            threads.AsEnumerable().Reverse().Select(thread => string.Join('\n', thread)));
    }

    [Fact]
    public void A_frame_that_is_its_own_caller_ends_the_chain_with_a_warning_and_not_the_observer()
    {
        RecordedProcess recorded = Record(InterpreterSet.Any.Name, out _);
        ulong previous = (ulong)recorded.Runtime.Layout.Frame.Previous;
        int size = recorded.Runtime.Layout.Frame.Size;
        foreach (AddressRange frame in recorded.Reads.Where(read => read.Length == (ulong)size).Take(50))
        {
            List<string[]>? threads = Replay.DecodeCopy(
                new MutatedMemory(recorded, [(frame.Start + previous, frame.Start)]), recorded.Runtime, Limits.Default, out _);

            Assert.NotNull(threads);
            Assert.All(threads, thread => Assert.InRange(thread.Length, 0, 100));
        }
    }

    // On a thread of its own, so that a loop without end fails the test and does not hang it.
    private static Outcome Decode(MutatedMemory memory, RecordedProcess recorded)
    {
        Outcome outcome = new();
        Thread thread = new(() =>
        {
            try
            {
                outcome.HasStack = Replay.DecodeCopy(memory, recorded.Runtime, Limits.Default, out outcome.Pages) is not null;
            }
            catch (EngineException)
            {
                outcome.HasStack = false;
            }
            catch (Exception e)
            {
                outcome.Failure = e;
            }

            outcome.Allocated = GC.GetAllocatedBytesForCurrentThread();
        })
        {
            IsBackground = true,
        };
        long start = Stopwatch.GetTimestamp();
        thread.Start();
        thread.Join(HangLimit);
        outcome.Time = Stopwatch.GetElapsedTime(start);
        return outcome;
    }

    private sealed class Outcome
    {
        public TimeSpan Time;
        public long Allocated;
        public int Pages;
        public bool HasStack;
        public Exception? Failure;
    }

    private static RecordedProcess Record(string interpreter, out OracleReport oracle)
    {
        using Target target = Target.Start(InterpreterSet.Named(interpreter), "generators.py");
        oracle = target.Oracle;
        return RecordedProcess.Take(target.ProcessId);
    }
}
