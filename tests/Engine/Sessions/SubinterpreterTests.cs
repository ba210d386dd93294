using System.Linq;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Reports;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Sessions;

/// <summary>Interpreters beside the main one (PEP 684 and before): each thread's frames stand with the interpreter that runs them.</summary>
public sealed class SubinterpreterTests
{
    private static readonly string[] Inner = ["<module>:7", "inner:5"];

    /// <summary>_xxsubinterpreters came with 3.8 (3.7's makes no interpreter that runs), _interpreters with 3.13.</summary>
    public static TheoryData<string> Interpreters()
        => [.. InterpreterSet.OnePerSeries.Where(one => one.IsAtLeast(3, 8)).Select(one => one.Name)];

    [Theory]
    [MemberData(nameof(Interpreters))]
    public void A_thread_that_is_in_two_interpreters_has_its_frames_in_both(string interpreter)
    {
        using Target target = Target.StartSilent(InterpreterSet.Named(interpreter), "subinterpreters.py");
        int other = (int)target.ReadNumber();
        PyThread[] threads = [];
        Wait.Until(() => (threads = Captures.Once(target, Captures.Blocking)).Select(one => one.ThreadId).Distinct().Count() == 2, "the watcher does not end");

        Assert.Equal(
            [(target.ProcessId, 0L, 0), (target.ProcessId, threads[1].InterpreterId, 1), (other, 0L, 0), (other, threads[3].InterpreterId, 1)],
            threads.Select(one => (one.ThreadId, one.InterpreterId, one.Part)));
        Assert.Equal(3, threads.Select(one => one.InterpreterId).Distinct().Count());
        Assert.All(threads, one => Assert.Equal(3, one.InterpreterCount));
        Assert.Equal(["<module>", "nested"], threads[0].Frames.Select(frame => frame.Function));
        Assert.Equal(Inner, threads[1].Frames.Select(frame => $"{frame.Function}:{frame.Line}"));
        Assert.Equal("nested", threads[2].Frames[^1].Function);
        Assert.Equal(Inner, threads[3].Frames.Select(frame => $"{frame.Function}:{frame.Line}"));
        TestReport.Situation(interpreter, "two interpreters on one thread");
    }
}
