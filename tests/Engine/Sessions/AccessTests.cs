using System;
using System.IO;
using System.Linq;
using PyStack.Engine.Discovery;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Sessions;

/// <summary>Whether live processes may be looked at, as root or with the rights that the tests happen to have.</summary>
public sealed class AccessTests
{
    [Fact]
    public void A_process_of_our_own_is_accessible_and_runs_on()
    {
        using Target target = Target.Start(InterpreterSet.Any, "one_thread.py");
        string before = File.ReadAllText($"/proc/{target.ProcessId}/stat");

        PyStackAccess access = AccessTest.Run(target.ProcessId);

        Assert.Equal((true, true, null, null), (access.IsAccessible, access.CanReadWithoutStopping, access.Reason, access.RecommendedAction));
        Assert.Equal(target.ProcessId, access.ProcessId);
        Assert.Equal((true, true, 0), (access.IsSameUserNamespace, access.IsSamePidNamespace, access.TracerId));

        // It has not run in between, not even to take notice of a stop: its counters stand where they stood.
        Assert.Equal(before, File.ReadAllText($"/proc/{target.ProcessId}/stat"));
        Assert.Equal("", ProcOracle.Held(target.ProcessId));
    }

    [Fact]
    public void The_facts_are_those_of_the_kernel()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "which rights another user has is the machine's affair");
        using Target target = Target.Start(InterpreterSet.Any, "one_thread.py");

        PyStackAccess access = AccessTest.Run(target.ProcessId);

        Assert.Equal((0, 0, true), (access.UserId, access.TargetUserId, access.HasSysPtrace));
        Assert.Equal(File.Exists("/proc/sys/kernel/yama/ptrace_scope"), access.PtraceScope is not null);
    }

    [Fact]
    public void A_traced_process_names_its_tracer_and_can_still_be_read()
    {
        using Target target = Target.Start(InterpreterSet.Any, "many_lines.py");
        using Target tracer = Target.StartSilent(InterpreterSet.Any, "tracer.py", new() { Arguments = [$"{target.ProcessId}"] });
        string said = tracer.ReadLine();
        Assert.SkipWhen(said != "tracing", $"the kernel does not let one process of ours trace another: {said}");

        PyStackAccess access = AccessTest.Run(target.ProcessId);

        Assert.Equal((false, true, tracer.ProcessId), (access.IsAccessible, access.CanReadWithoutStopping, access.TracerId));
        Assert.StartsWith($"It is being traced by process {tracer.ProcessId} (", access.Reason, StringComparison.Ordinal);
        Assert.Contains("-NoBlock", access.RecommendedAction, StringComparison.Ordinal);
    }

    [Fact]
    public void A_process_in_a_user_namespace_below_ours_is_accessible()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "without the capability another user namespace is out of reach");
        using Target target = Target.StartCommand(["unshare", "-Ur", "sh", "-c", "echo ready; read line"]);
        Assert.SkipUnless(StartsUp(target), "this kernel gives no user namespaces");

        PyStackAccess access = AccessTest.Run(target.ProcessId);

        Assert.Equal((true, true, null), (access.IsAccessible, access.CanReadWithoutStopping, access.Reason));
        Assert.False(access.IsSameUserNamespace);
    }

    [Fact]
    public void A_zombie_is_not_accessible()
    {
        using Target parent = Target.StartSilent(InterpreterSet.Any, "zombie.py");

        PyStackAccess access = AccessTest.Run((int)parent.ReadNumber());

        Assert.Equal((false, false), (access.IsAccessible, access.CanReadWithoutStopping));
        Assert.StartsWith("It has ended", access.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_process_whose_main_thread_has_ended_is_accessible()
    {
        using Target target = Target.Start(InterpreterSet.Any, "main_gone.py");
        Wait.Until(() => ProcOracle.State(target.ProcessId, target.ProcessId) == 'Z', "the main thread does not end");

        Assert.True(AccessTest.Run(target.ProcessId).IsAccessible);
    }

    [Fact]
    public void The_tests_themselves_can_be_read_but_not_stopped_by_themselves()
    {
        PyStackAccess access = AccessTest.Run(Environment.ProcessId);

        Assert.Equal((false, true), (access.IsAccessible, access.CanReadWithoutStopping));
        Assert.Contains("cannot stop itself", access.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_process_that_has_ended_is_not_found()
    {
        using Target target = Target.StartCommand(["true"]);
        target.WaitForExit();

        Assert.Equal(EngineError.ProcessNotFound, Assert.Throws<EngineException>(() => AccessTest.Run(target.ProcessId)).Error);
    }

    [Fact]
    public void A_thread_is_no_process()
    {
        using Target target = Target.Start(InterpreterSet.Any, "many_threads.py");
        int thread = ProcOracle.Threads(target.ProcessId).First(id => id != target.ProcessId);

        EngineException error = Assert.Throws<EngineException>(() => AccessTest.Run(thread));

        Assert.Equal(EngineError.ProcessNotFound, error.Error);
        Assert.Contains($"-Id {target.ProcessId}", error.RecommendedAction, StringComparison.Ordinal);
    }

    private static bool StartsUp(Target target)
    {
        try
        {
            return target.ReadLine() == "ready";
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
