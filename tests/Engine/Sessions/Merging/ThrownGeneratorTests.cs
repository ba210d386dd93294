using System;
using System.Linq;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Sessions.Merging;

/// <summary>Generators that an exception was thrown through: from 3.9 on they are in the thread's chain of frames without an evaluation loop.</summary>
public sealed class ThrownGeneratorTests
{
    private static readonly bool[] Modes = [false, true];

    /// <summary>Before, when and after the chain has linked generators that nothing marks; and the newest.</summary>
    public static TheoryData<string, bool> InterpretersAndModes()
        => [.. from one in InterpreterSet.OnePerSeries
               where (one.Major == 3 && one.Minor is >= 8 and <= 12) || one == InterpreterSet.OnePerSeries.Last()
               from noBlock in Modes
               select (one.Name, noBlock)];

    [Theory]
    [MemberData(nameof(InterpretersAndModes))]
    public void Every_thread_is_merged_and_shows_the_frames_that_the_target_itself_sees(string interpreter, bool noBlock)
    {
        using Target target = Target.Start(InterpreterSet.Named(interpreter), "thrown.py");

        PyThread[] threads = Captures.Once(target, Captures.Native with { NoBlock = noBlock });

        Assert.Equal(target.Oracle.Threads.Select(thread => thread.ThreadId), threads.Select(thread => (int?)thread.ThreadId));
        foreach ((OracleThread expected, PyThread actual) in target.Oracle.Threads.Zip(threads))
        {
            Assert.True(actual.IsMerged, $"{expected.Name}: {string.Join(' ', actual.Warnings)}");
            Assert.True(actual.IsCoherent, $"{expected.Name}: {string.Join(' ', actual.Warnings)}");
            Assert.Equal(
                expected.Frames.Select(frame => $"{frame.Function}:{frame.Line}"),
                actual.Frames.Where(frame => frame.Kind == PyFrameKind.Python).Select(frame => $"{frame.Function}:{frame.Line}"));
            int last = Array.FindLastIndex<PyFrame>([.. actual.Frames], frame => frame.Kind == PyFrameKind.Python);
            Assert.Contains(actual.Frames[(last + 1)..], frame => frame.Function?.EndsWith("read", StringComparison.Ordinal) == true);
            AssertThrownThrough(actual);
        }
    }

    // The chain of 3.9 breaks off at the generator that was linked last, which the target itself does not know better.
    private static void AssertThrownThrough(PyThread thread)
    {
        bool isBroken = thread.Frames.First(frame => frame.Kind == PyFrameKind.Python).Function!.TrimStart('_') != "bootstrap" && thread.Frames.Any(frame => frame.Function == "start_thread");
        Assert.Equal(isBroken && thread.PythonVersion.StartsWith("3.9.", StringComparison.Ordinal) ? 1 : 0, thread.Warnings.Length);
        int named = Array.FindIndex<PyFrame>([.. thread.Frames], frame => frame.Function == "_gen_throw");
        for (int i = 1; named >= 0 && !isBroken && i < thread.Frames.Length; i++)
        {
            if (thread.Frames[i].Function == "middle")
            {
                Assert.Equal(("_gen_throw", "_gen_throw"), (thread.Frames[i - 1].Function, thread.Frames[i + 1].Function));
            }
        }
    }
}
