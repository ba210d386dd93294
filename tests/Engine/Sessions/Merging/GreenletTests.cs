using System;
using System.Diagnostics;
using System.Linq;
using PyStack.Engine.Capture;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Sessions.Merging;

/// <summary>Threads whose stack greenlet has switched: the interpreter's chain of frames ends where the greenlet begins, and so does what is shown.</summary>
public sealed class GreenletTests
{
    private static readonly Lazy<Interpreter?> WithGreenlet = new(() => InterpreterSet.OnePerSeries.Concat(InterpreterSet.All.Where(one => !one.HasOwnRoot)).FirstOrDefault(HasGreenlet));

    [Theory]
    [InlineData("begun", "<lambda> deep deep deep wait")]
    [InlineData("nested", "second <lambda> deep deep wait")]
    [InlineData("resumed", "body <lambda> deep deep wait")]
    [InlineData("back", "<module> back deep deep deep wait")]
    [InlineData("traced", "<module> traced trace wait")]
    public void A_greenlet_is_merged_and_its_stack_ends_at_its_switch(string situation, string python)
    {
        Assert.SkipWhen(WithGreenlet.Value is null, "no interpreter here has greenlet");
        using Target target = Target.StartSilent(WithGreenlet.Value, "greenlets.py", new() { Arguments = [situation] });
        Assert.Equal("ready", target.ReadLine());
        Wait.Until(() => ProcOracle.IsReading(target.ProcessId, target.ProcessId), "it does not come to wait");

        Captures.InBothModes(noBlock =>
        {
            PyThread thread = Assert.Single(Captures.Once(target, Captures.Native with { NoBlock = noBlock }));
            PyThread last = Assert.Single(Captures.Once(target, Captures.Native with { NoBlock = noBlock, Native = NativeMode.Last }));

            Assert.Equal((true, true, ""), (thread.IsMerged, thread.IsCoherent, string.Join(' ', thread.Warnings)));
            Assert.Equal(python, string.Join(' ', thread.Frames.Where(frame => frame.Kind == PyFrameKind.Python).Select(frame => frame.Function)));
            Assert.EndsWith("read", thread.Frames[^1].Function, StringComparison.Ordinal);
            Assert.DoesNotContain(thread.Frames, frame => frame.Function?.StartsWith("_PyEval_EvalFrame", StringComparison.Ordinal) == true);
            bool isMain = python.StartsWith("<module>", StringComparison.Ordinal);
            Assert.Equal(isMain, thread.Frames.Any(frame => frame.Function?.Contains("libc_start", StringComparison.Ordinal) == true));
            Assert.Equal(!isMain, thread.Frames[0].Library!.Contains("greenlet", StringComparison.Ordinal));
            Assert.Equal(PyFrameKind.Python, last.Frames[0].Kind);
            Assert.EndsWith("read", last.Frames[^1].Function, StringComparison.Ordinal);
        });
    }

    // From 3.15 on a thread's chain ends at its sentinel; that of a greenlet which has begun a stack of its own ends before it.
    [Theory]
    [InlineData("begun", "<lambda> deep deep deep wait")]
    [InlineData("resumed", "body <lambda> deep deep wait")]
    [InlineData("back", "<module> back deep deep deep wait")]
    public void A_stack_that_a_greenlet_has_begun_is_whole_without_the_sentinel_of_its_thread(string situation, string python)
    {
        GreenletInstall? install = GreenletSet.All.FirstOrDefault(one => one.Interpreter.Minor >= 15);
        Assert.SkipWhen(install is null, "no greenlet for 3.15 or later: tests/greenlets.sh gets Debian's");
        using Target target = install.Start("greenlets.py", situation);
        Assert.Equal("ready", target.ReadLine());

        Captures.InBothModes(noBlock =>
        {
            PyThread thread = Assert.Single(Captures.Once(target, Captures.Blocking with { NoBlock = noBlock }));

            Assert.Equal((true, ""), (thread.IsCoherent, string.Join(' ', thread.Warnings)));
            Assert.Equal(python, string.Join(' ', thread.Frames.Select(frame => frame.Function)));
        });
    }

    private static bool HasGreenlet(Interpreter interpreter)
    {
        using Process process = Process.Start(Commands.Quiet([.. interpreter.Command, "-c", "import greenlet"]))!;
        process.StandardInput.Close();
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
