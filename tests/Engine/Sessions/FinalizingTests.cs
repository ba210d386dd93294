using System.Collections.Generic;
using System.Linq;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Runtime;
using PyStack.Engine.Sessions;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Reports;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Sessions;

/// <summary>Interpreters that are shutting down, or have.</summary>
public sealed class FinalizingTests
{
    [Theory]
    [MemberData(nameof(Rows.OnePerSeries), MemberType = typeof(Rows))]
    public void An_interpreter_that_shuts_down_shows_what_still_runs_and_warns(string interpreter)
    {
        Interpreter found = InterpreterSet.Named(interpreter);
        using Target target = Target.StartSilent(found, "finalizing.py");
        Assert.Equal("finalizing", target.ReadLine());
        Captures.InBothModes(noBlock => AssertShutsDown(found, target, noBlock));
        TestReport.Situation(interpreter, "shutting down");
    }

    private static void AssertShutsDown(Interpreter found, Target target, bool noBlock)
    {
        Warnings log = new();
        using StackSession session = StackSession.OpenProcess(
            target.ProcessId, noBlock ? Captures.NoBlock : Captures.Blocking, log, TestContext.Current.CancellationToken);

        PyThread thread = Assert.Single(session.Take());

        Assert.Equal(["__del__"], thread.Frames.Select(frame => frame.Function));

        // 2.7 tells nobody that it shuts down: it has no _Py_Finalizing.
        Assert.Equal(found.Major > 2, log.All.Contains(Messages.Finalizing));
    }

    [Theory]
    [MemberData(nameof(Rows.OnePerSeries), MemberType = typeof(Rows))]
    public void A_process_whose_interpreter_has_ended_has_no_Python_stack(string interpreter)
    {
        using Target target = Target.StartSilent(InterpreterSet.Named(interpreter), "finalized.py");
        Assert.Equal("finalized", target.ReadLine());

        Captures.InBothModes(noBlock =>
        {
            EngineException error = Assert.Throws<EngineException>(() => Captures.Once(target, noBlock ? Captures.NoBlock : Captures.Blocking));

            Assert.Equal(EngineError.NoPythonStack, error.Error);
            Assert.Contains("Could not gather enough information to extract the Python frame information", error.Message, System.StringComparison.Ordinal);
        });
    }

    private sealed class Warnings : IEngineLog
    {
        public List<string> All { get; } = [];

        public bool IsDebugEnabled => false;

        public void Verbose(string message)
        {
        }

        public void Debug(string message)
        {
        }

        public void Warning(string message) => All.Add(message);

        public void Progress(string activity, string status, int percent)
        {
        }
    }
}
