using PyStack.Engine.Capture;
using PyStack.Engine.Sessions;
using PyStack.TestSupport;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Observer;
using PyStack.TestSupport.Reports;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Sessions;

public sealed class ExitingTargetTests
{
    // What a process has at which moment of its start and its end differs between versions.
    private static readonly int Processes = TestMatrix.Count(gate: 5, whole: 15);

    // A process is looked at from its first instruction to its end, so that captures meet each moment of starting and ending.
    [Theory]
    [MemberData(nameof(Rows.OnePerSeriesAndMode), MemberType = typeof(Rows))]
    public void A_process_that_starts_and_ends_while_it_is_looked_at_gives_stacks_or_a_known_error(string interpreter, bool noBlock)
    {
        StackOptions options = noBlock ? Captures.NoBlock : Captures.Blocking;
        int stacks = 0;
        int errors = 0;
        for (int i = 0; i < Processes; i++)
        {
            using Target target = Target.StartSilent(InterpreterSet.Named(interpreter), "", new() { InterpreterOptions = ["-c", "import json, threading"] });

            // At least once: on a busy machine it may have ended before the first look.
            do
            {
                try
                {
                    using StackSession session = Captures.Open(target.ProcessId, options);
                    while (true)
                    {
                        session.Take();
                        stacks++;
                    }
                }
                catch (EngineException e)
                {
                    errors++;
                    Assert.True(IsExpected(e.Error), $"{e.Error}: {e.Message}");
                }
            }
            while (!target.HasExited);

            Assert.Equal(0, target.WaitForExit());
        }

        TestReport.Note($"Short-lived processes on {interpreter}, {(noBlock ? "NoBlock" : "blocking")}: {stacks} captures, {errors} errors");
        Assert.True(errors >= Processes, "each process must have been looked at when it had ended");
    }

    // The observer is a process of its own here, as this is about what becomes of it.
    [Fact]
    public void A_child_of_the_observer_keeps_its_exit_code_and_the_observer_lives()
    {
        const string Program = "import select\nwhile not select.select([0], [], [], 0)[0]: pass\nraise SystemExit(7)";
        for (int i = 0; i < 4; i++)
        {
            using Target observer = ObserverProcess.StartParent([.. InterpreterSet.Any.Command, "-c", Program]);

            Assert.Equal("7 captured ended", observer.ReadLine());
            Assert.Equal(0, observer.WaitForExit());
        }
    }

    // NotPython: before the loader has mapped the interpreter, the process is none.
    private static bool IsExpected(EngineError error)
        => error is EngineError.ProcessNotFound or EngineError.ProcessExited or EngineError.NotPython
            or EngineError.InterpreterNotFound or EngineError.NoPythonStack;
}
