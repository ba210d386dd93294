using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using PyStack.Engine.Capture;
using PyStack.Engine.Native;
using PyStack.Engine.Primitives;
using PyStack.Engine.Profiling;
using PyStack.Engine.Profiling.Native;
using PyStack.Engine.Sessions;
using PyStack.Engine.Targets.Live;
using PyStack.Engine.Tests.Elf;
using PyStack.Engine.Tests.Sessions;
using PyStack.Engine.Tests.Sessions.NativeStacks;
using PyStack.TestSupport;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Reports;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Profiling.Native;

/// <summary>Profiles with native frames, of a program whose C functions measure themselves and whose Python functions know which C function they call.</summary>
public sealed class NativeProfileTests
{
    private static readonly string[] Measured = ["nat_alpha", "nat_beta", "nat_gamma"];

    /// <summary>Who may call whom: of the functions that are shown the one before.</summary>
    private static readonly Dictionary<string, string[]> Callers = new()
    {
        ["nat_alpha"] = ["alpha"], ["nat_beta"] = ["beta"], ["nat_gamma"] = ["gamma"], ["nat_step"] = Measured, ["nat_wait"] = ["waits"], ["nat_asleep"] = ["nat_wait"],
        ["alpha"] = ["work"], ["beta"] = ["work"], ["outer"] = ["work"], ["inner"] = ["outer"], ["gamma"] = ["inner"], ["plain"] = ["work"], ["inner_most_often"] = ["work"], ["waits"] = ["run"],
    };

    /// <summary>The frames are found in four ways: as objects (to 3.10), by a struct on the C stack (3.11, 3.12), by the thread state, and without a GIL.</summary>
    public static TheoryData<string> Interpreters()
        => [.. from one in TestMatrix.IsWhole ? InterpreterSet.All : InterpreterSet.OnePerSeries
               where !one.HasOwnRoot && (TestMatrix.IsWhole || one.Major == 2 || one.Minor is 8 or 11 or 12 || Rows.IsOldestOrNewest(one))
               select one.Name];

    [Theory]
    [MemberData(nameof(Interpreters))]
    public void Shares_of_C_functions_are_what_they_measured_and_no_stack_is_impossible(string interpreter)
    {
        SkipIfRefused();
        using Target target = Start(interpreter);
        double[] before = Ask(target);

        PyProfile profile = Measure(target.ProcessId, PyProfileMode.Wall, TimeSpan.FromSeconds(2));

        double[] after = Ask(target);
        PyProfileStack[] worker = [.. profile.Stacks.Where(stack => stack.Frames.Any(frame => frame.Function == "work"))];
        Assert.All(profile.Stacks, stack => Assert.Null(Violation(stack)));
        double all = worker.Sum(stack => stack.Count);
        TestReport.Note($"Measure-PyStack -Native on {interpreter}: {all} samples of the thread that runs, {profile.Torn} torn, {profile.Missed} missed, {string.Join(' ', profile.Warnings)}");
        Assert.InRange(all, 100, double.MaxValue);
        for (int i = 0; i < Measured.Length; i++)
        {
            double expected = (after[i] - before[i]) / (after[3] - before[3]);
            double actual = worker.Where(stack => stack.Frames.Any(frame => frame.Function == Measured[i])).Sum(stack => stack.Count) / all;
            double deviation = Math.Sqrt(expected * (1 - expected) / all);
            Assert.True(Math.Abs(expected - actual) < 0.01 + (4 * deviation), $"{Measured[i]} took {expected:p1} and has {actual:p1} of {all} samples");
        }

        // They are called with the GIL held, where there is one.
        bool hasGil = !InterpreterSet.Named(interpreter).IsFreeThreaded;
        Assert.DoesNotContain(worker, stack => hasGil && stack.Frames.Any(frame => frame.Function == "nat_step") && stack.HasGil == false);
        Assert.DoesNotContain(worker, stack => stack.IsIdle && stack.Frames.Any(frame => frame.Function == "nat_step"));
        AssertSleeperIsAsInGdb(target, profile);
    }

    [Fact]
    public void A_mode_counts_only_what_it_is_for()
    {
        SkipIfRefused();
        using Target target = Start(InterpreterSet.OnePerSeries.Last(one => !one.HasOwnRoot && !one.IsFreeThreaded).Name);

        PyProfile cpu = Measure(target.ProcessId, PyProfileMode.Cpu, TimeSpan.FromSeconds(0.5));
        PyProfile gil = Measure(target.ProcessId, PyProfileMode.Gil, TimeSpan.FromSeconds(0.5));

        Assert.NotEmpty(cpu.Stacks);
        Assert.All(cpu.Stacks, stack => Assert.False(stack.IsIdle));
        Assert.NotEmpty(gil.Stacks);
        Assert.All(gil.Stacks, stack => Assert.True(stack.HasGil));
    }

    [Fact]
    public void Where_the_kernel_refuses_threads_that_run_have_Python_frames_and_the_profile_says_what_would_help()
    {
        using Target target = Start(InterpreterSet.OnePerSeries.Last(one => !one.HasOwnRoot && !one.IsFreeThreaded).Name);
        using StackSession session = StackSession.OpenProcess(target.ProcessId, StackOptions.Default with { NoBlock = true }, SilentLog.Instance, TestContext.Current.CancellationToken);
        NativeSampler native = new((LiveProcess)session.Target, session.Runtimes, new ProfileOptions { Native = true }, SilentLog.Instance) { Refusal = new PerfRefusal("bpf", Errno.EPERM) };
        using ProcessSampler sampler = new((LiveProcess)session.Target, session.Runtimes, PyProfileMode.Wall, Limits.Default) { Native = native };
        PyProfileStack[] stacks = [];
        Wait.Until(
            () =>
            {
                for (int i = 0; i < 20; i++)
                {
                    sampler.Sample(long.MaxValue / 2);
                }

                sampler.Finish();
                stacks = new ProfileBuilder(sampler).Build();
                return stacks.Any(stack => Holds(stack, "work")) && stacks.Any(stack => Holds(stack, "nat_wait"));
            },
            "no samples of both threads");

        Assert.All(stacks.Where(stack => Holds(stack, "work") && !stack.IsIdle), stack => Assert.DoesNotContain(stack.Frames, frame => frame.Kind == PyFrameKind.Native));
        Assert.Contains(native.Warnings(), warning => warning.Contains("CAP_BPF", StringComparison.Ordinal));
    }

    private static bool Holds(PyProfileStack stack, string function) => stack.Frames.Any(frame => frame.Function == function);

    private static void AssertSleeperIsAsInGdb(Target target, PyProfile profile)
    {
        PyProfileStack sleeper = profile.Stacks.First(stack => Holds(stack, "nat_wait"));
        Assert.True(sleeper.IsIdle);
        List<GdbFrame> gdb = GdbOracle.Stacks(target.ProcessId)[sleeper.ThreadId];
        string[] expected = [.. gdb.Select(frame => frame.Function).SkipWhile(name => name != "nat_wait")];
        Assert.Equal(expected, sleeper.Frames.Select(frame => frame.Function ?? "").SkipWhile(name => name != "nat_wait"));
    }

    private static string? Violation(PyProfileStack stack)
    {
        string caller = "";
        foreach (PyProfileFrame frame in stack.Frames)
        {
            string name = frame.Function ?? "???";
            bool isKnown = Callers.TryGetValue(name, out string[]? callers);
            if (isKnown && !callers!.Contains(caller))
            {
                return $"{name} after {caller}: {stack}";
            }

            caller = isKnown || frame.Kind == PyFrameKind.Python ? name : caller;
        }

        return null;
    }

    private static Target Start(string interpreter)
    {
        string library = Toolchain.Shared("native_shares.so", File.ReadAllText(Programs.PathOf("native_shares.c")), "-shared", "-fPIC", "-g", "-fno-optimize-sibling-calls");
        Target target = Target.StartSilent(InterpreterSet.Named(interpreter), "native_shares.py", new() { Arguments = [library] });
        Assert.Equal("ready", target.ReadLine());
        return target;
    }

    private static double[] Ask(Target target)
    {
        target.WriteLine("?");
        return [.. target.ReadLine().Split(' ').Select(word => double.Parse(word, CultureInfo.InvariantCulture))];
    }

    private static PyProfile Measure(int processId, PyProfileMode mode, TimeSpan duration)
    {
        using ProfileSession session = new(new ProfileOptions { Duration = duration, Rate = 2000, Mode = mode, Native = true }, SilentLog.Instance);
        session.Add(processId, TestContext.Current.CancellationToken);
        return Assert.Single(session.Run(null, CancellationToken.None, TestContext.Current.CancellationToken));
    }

    private static void SkipIfRefused()
        => Assert.SkipUnless(File.Exists("/proc/sys/kernel/perf_event_paranoid") && Environment.IsPrivilegedProcess, "The kernel has no perf_event_open, or we may not use it.");
}
