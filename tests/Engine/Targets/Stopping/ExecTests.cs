using System;
using System.Globalization;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using PyStack.Engine.Sessions;
using PyStack.Engine.Targets.Live.Procfs;
using PyStack.Engine.Targets.Live.Stopping;
using PyStack.Engine.Tests.Sessions;
using PyStack.TestSupport;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Reports;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Targets.Stopping;

/// <summary>
/// An exec of the target waits for its seized threads to be reaped, and PTRACE_SEIZE waits for the exec: an observer that does not reap while it seizes
/// hangs, and the target with it, for ever.
/// </summary>
public sealed class ExecTests
{
    /// <summary><c>PYSTACK_TESTS=all</c>: as many as have hung both, ten times over.</summary>
    private static readonly int Captured = TestMatrix.Count(gate: 400, whole: 20_000);

    private static readonly int Threads = TestMatrix.Count(gate: 60, whole: 200);

    [Theory]
    [InlineData("first")]
    [InlineData("other")]
    public void A_target_that_replaces_its_program_all_the_time_hangs_neither_itself_nor_the_observer(string who)
        => CaptureWhileItExecutes("exec_again.py", who, [$"{Threads}", who]);

    /// <summary>A thread that a seized one has just made is seized as well, and in no list yet.</summary>
    [Fact]
    public void Threads_that_are_made_while_another_executes_a_program_hang_nobody()
        => CaptureWhileItExecutes("exec_beside_clone.py", "main", ["3"]);

    /// <summary>
    /// The exec holds a lock that PTRACE_SEIZE waits for, and waits itself for the end of the thread that is seized already: after the observer has given up, too,
    /// somebody must reap that.
    /// </summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_target_whose_exec_waits_for_a_disk_is_given_up_and_goes_on_when_the_disk_answers(bool isCancelled)
    {
        using TemporaryFolder folder = new();
        string file = Path.Combine(folder.Path, "program");
        File.Copy("/bin/echo", file);
        using Target holder = Target.StartSilent(InterpreterSet.All[^1] is var newest && newest.HasOwnRoot ? InterpreterSet.Any : newest, "exec_held.py", new() { Arguments = [file, "8"] });
        string first = holder.ReadLine();
        Assert.SkipWhen(first == "none", "fanotify(7) may not hold a file back here");
        int processId = int.Parse(first, CultureInfo.InvariantCulture);
        using CancellationTokenSource stop = new();
        int seized = 0;

        Task<Exception?> pause = Task.Run(
            () => Record.Exception(() =>
            {
                _ = PauseRunner.Run(ProcessFacts.Read(processId), null, new NoWork(), stop.Token, hasSeized: () =>
                {
                    // The first is the main thread, whose end the exec does not wait for.
                    if (++seized == 2)
                    {
                        holder.WriteLine("exec");
                        Assert.Equal("held", holder.ReadLine());
                        if (isCancelled)
                        {
                            stop.Cancel();
                        }
                    }
                });
            }),
            TestContext.Current.CancellationToken);
        Exception? error = await pause;

        Assert.True(isCancelled ? error is OperationCanceledException : (error as EngineException)?.Error == EngineError.NotResponding, $"{error}");
        holder.WriteLine("allow");
        Assert.Equal("executed", holder.ReadLine());
        holder.CloseInput();
        Assert.Equal(0, holder.WaitForExit());
    }

    private static void CaptureWhileItExecutes(string program, string who, string[] arguments)
    {
        Interpreter python = InterpreterSet.Any;
        Assert.SkipWhen(python.Command.Count > 1, "started by a loader or in a chroot, sys.executable cannot start the interpreter again");
        using Target target = Target.StartSilent(python, program, new() { InterpreterOptions = ["-S", "-E"], Arguments = arguments });
        int stacks = 0;
        int errors = 0;
        string generation = target.ReadLine();
        while (stacks + errors < Captured)
        {
            try
            {
                using StackSession session = Captures.Open(target.ProcessId, Captures.Blocking);
                while (stacks + errors < Captured)
                {
                    PyThread[] threads = session.Take();
                    stacks++;
                    Assert.All(threads, thread => Assert.Equal(target.ProcessId, thread.ProcessId));
                }
            }
            catch (EngineException e)
            {
                errors++;
                Assert.True(
                    e.Error is EngineError.ProcessExited or EngineError.NotPython or EngineError.InterpreterNotFound or EngineError.NoPythonStack,
                    $"{e.Error}: {e.Message}");
            }

            foreach (string line in target.ReadAvailableLines())
            {
                generation = line;
            }
        }

        TestReport.Note($"{program}, exec from the {who} thread: {stacks} captures, {errors} errors, {generation} generations");
        Assert.True(int.Parse(generation, CultureInfo.InvariantCulture) > 0, "the target did not get on");
        target.CloseInput();
        Assert.Equal(0, target.WaitForExit());
    }

    private sealed class NoWork : IPauseWork
    {
        public void Run(in StoppedThreads threads)
        {
        }
    }
}
