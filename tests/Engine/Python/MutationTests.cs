using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Repr;
using PyStack.Engine.Tests.Sessions;
using PyStack.TestSupport;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Reports;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Python;

/// <summary>A forged process: the memory of a real one, with bytes changed where a capture looks.</summary>
public sealed class MutationTests
{
    private const int Mutations = 350;
    private const int ValueMutations = 150;
    private const long AllocationLimit = 600L << 20;
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan HangLimit = TimeSpan.FromSeconds(60);

    [Theory]
    [MemberData(nameof(Rows.OnePerSeries), MemberType = typeof(Rows))]
    public void Memory_that_was_forged_ends_in_a_stack_or_a_known_error_within_a_second(string interpreter)
    {
        Mutate(Record(interpreter, out _), interpreter, values: null);
    }

    [Theory]
    [MemberData(nameof(Rows.OnePerSeries), MemberType = typeof(Rows))]
    public void Values_that_were_forged_end_in_some_text_or_a_known_error_within_a_second(string interpreter)
    {
        // More of each value than is usual, so that little is spared because the text before it was long.
        ValueOptions values = new(300);
        foreach (string kind in (string[])["containers", "objects"])
        {
            using Target target = Target.StartSilent(InterpreterSet.Named(interpreter), "values.py", new() { Arguments = [kind] });
            _ = target.ReadLine();
            Mutate(RecordedProcess.Take(target.ProcessId, values), $"{interpreter}, {kind}", values);
        }
    }

    private static void Mutate(RecordedProcess recorded, string what, ValueOptions? values)
    {
        int mutations = values is null ? Mutations : ValueMutations;
        int stacks = 0;
        int others = 0;
        for (int seed = 0; seed < mutations; seed++)
        {
            MutatedMemory memory = new(recorded, seed);
            Outcome outcome = Decode(memory, recorded, values);
            string changes = $"mutation {seed}: {memory.Changes}";
            Assert.True(outcome.Time < TimeLimit, $"{changes}: takes longer than a second");
            Assert.True(outcome.Failure is null, $"{changes}: {outcome.Failure}");
            Assert.True(outcome.Pages * 4096L <= Limits.Default.SnapshotBytes, $"{changes}: {outcome.Pages} pages copied");
            Assert.True(outcome.Allocated < AllocationLimit, $"{changes}: {outcome.Allocated} bytes allocated");
            stacks += outcome.HasStack ? 1 : 0;
            others += outcome.HasStack ? 0 : 1;
        }

        TestReport.Note($"Mutations on {what}: {stacks} gave stacks, {others} an error");
        Assert.True(stacks > mutations / 10 && stacks + others == mutations);
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
    private static Outcome Decode(MutatedMemory memory, RecordedProcess recorded, ValueOptions? values)
    {
        Outcome outcome = new();
        Thread thread = new(() =>
        {
            TimeSpan before = ProcessorTime.OfThisThread;
            try
            {
                outcome.HasStack = Replay.DecodeCopy(memory, recorded.Runtime, Limits.Default, out outcome.Pages, values) is not null;
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
            outcome.Time = ProcessorTime.OfThisThread - before;
        })
        {
            IsBackground = true,
        };
        thread.Start();
        if (!thread.Join(HangLimit))
        {
            outcome.Failure = new TimeoutException("It does not end.");
        }

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
