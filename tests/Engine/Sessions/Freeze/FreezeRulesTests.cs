using System.Collections.Generic;
using System.Linq;
using PyStack.Engine.Python.Repr;
using PyStack.Engine.Sessions;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Reports;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Sessions.Freeze;

/// <summary>The rules that <see cref="FreezeTests"/> goes by find what was put together of two moments, and of two threads.</summary>
public sealed class FreezeRulesTests
{
    private const int Count = 25;

    [Fact]
    public void A_stack_of_two_moments_is_found()
    {
        (int mixed, int found, int foundByLines) = (0, 0, 0);
        PyThread[][] captures = Take("4 threads, interval");
        foreach ((PyThread[] earlier, PyThread[] later) in captures.Zip(captures.Skip(1)))
        {
            foreach (PyThread one in earlier)
            {
                PyThread other = later.First(thread => thread.ThreadId == one.ThreadId);
                if (StepOf(one) != StepOf(other))
                {
                    Mix(one, other, ref mixed, ref found, ref foundByLines);
                }
            }
        }

        TestReport.Note($"Freeze: of {mixed} stacks of two moments {found} are found, {foundByLines} of them without variables");
        Assert.InRange(mixed, Count, int.MaxValue);
        Assert.Equal(mixed, found);
    }

    [Fact]
    public void A_stack_of_two_threads_is_found()
    {
        (int mixed, int found, int foundByLines) = (0, 0, 0);
        foreach (PyThread[] threads in Take("4 threads, interval"))
        {
            foreach ((PyThread one, PyThread other) in from one in threads from other in threads where one != other select (one, other))
            {
                Mix(one, other, ref mixed, ref found, ref foundByLines);
            }
        }

        Assert.InRange(mixed, Count, int.MaxValue);
        Assert.Equal(mixed, found);
    }

    [Fact]
    public void A_thread_of_another_moment_than_the_others_is_found()
    {
        PyThread[][] captures = Take("ring of 4, lock");
        (int mixed, int found) = (0, 0);
        foreach ((PyThread[] earlier, PyThread[] later) in captures.Zip(captures.Skip(1)))
        {
            Assert.Null(new FreezeMoment().Violation(earlier));
            foreach (PyThread one in earlier)
            {
                PyThread other = later.First(thread => thread.ThreadId == one.ThreadId);
                if (TicketOf(one) is not string ticket || TicketOf(other) == ticket)
                {
                    continue;
                }

                mixed++;
                found += new FreezeMoment().Violation([.. earlier.Where(thread => thread != one), other]) is null ? 0 : 1;
            }
        }

        // A thread that has drawn the very next ticket fits the earlier moment as well: such a mixture shows nothing.
        Assert.InRange(mixed, Count, int.MaxValue);
        Assert.InRange(found, mixed * 3 / 4, mixed);
    }

    [Fact]
    public void A_moment_after_a_later_one_is_found()
    {
        PyThread[][] captures = Take("4 threads, interval");
        FreezeMoment moment = new();

        Assert.Null(moment.Violation(captures[^1]));
        Assert.NotNull(moment.Violation(captures[0]));
    }

    // The outer frames of one and the inner ones of the other, wherever the stack can be cut.
    private static void Mix(PyThread one, PyThread other, ref int mixed, ref int found, ref int foundByLines)
    {
        for (int cut = 1; cut < one.Frames.Length && cut < other.Frames.Length; cut++)
        {
            PyFrame[] frames = [.. one.Frames[..cut], .. other.Frames[cut..]];

            // Only what was handed to a function tells its call from another one; one that has just begun may not show it yet.
            if (FreezeValues.Get(frames[cut], "had") is null)
            {
                continue;
            }

            mixed++;
            found += FreezeStack.Violation(frames, isWhole: true) is null ? 0 : 1;
            foundByLines += FreezeStack.Violation([.. frames.Select(Bare)], isWhole: true) is null ? 0 : 1;
        }
    }

    private static PyFrame Bare(PyFrame frame) => new()
    {
        ProcessId = frame.ProcessId,
        ThreadId = frame.ThreadId,
        Index = frame.Index,
        Function = frame.Function,
        File = frame.File,
        Line = frame.Line,
    };

    private static string? StepOf(PyThread thread) => FreezeValues.Get(thread.Frames[0], "step");

    private static string? TicketOf(PyThread thread)
        => thread.Frames.Select(frame => FreezeValues.Get(frame, "ticket")).FirstOrDefault(ticket => ticket is not null);

    // The threads that do something; each stack and each moment is one that can have been.
    private static PyThread[][] Take(string program)
    {
        using Target target = FreezeTests.Start(InterpreterSet.Any, FreezeProgram.Named(program), out _);
        using StackSession session = Captures.Open(target.ProcessId, Captures.Blocking with { Locals = new ValueOptions(MaxLength: 0) });
        List<PyThread[]> captures = [];
        for (int i = 0; i < Count; i++)
        {
            PyThread[] threads = [.. session.Take().Where(one => one.ThreadId != target.ProcessId)];
            Assert.All(threads, one => Assert.Null(FreezeStack.Violation(one.Frames, isWhole: true)));
            captures.Add(threads);
        }

        return [.. captures];
    }
}
