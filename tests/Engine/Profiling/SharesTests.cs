using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json;
using PyStack.Engine.Profiling;
using PyStack.TestSupport;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Profiling;

/// <summary>
/// Shares of functions are those that the program measures itself, with its own clocks. One target has a thread for each situation, and one measurement of all moments has what each mode counts: a stack says
/// whether its thread waited and whether it had the GIL. How exact that is on a quiet machine shows <c>bench/truth.sh</c>.
/// </summary>
public sealed class SharesTests
{
    private static readonly string[] Threads = ["four", "native", "sleeps", "calls", "files"];

    public static TheoryData<string> Versions() => [.. InterpreterSet.OnePerSeries.Concat(InterpreterSet.All.Where(one => one.IsFreeThreaded)).Where(one => one.IsAtLeast(3, 6)).Select(one => one.Name).Distinct()];

    [Theory]
    [MemberData(nameof(Versions))]
    public void Functions_have_the_shares_that_the_program_measures(string interpreter)
    {
        Interpreter python = InterpreterSet.Named(interpreter);
        using Target target = Target.StartSilent(python, "profile/shares.py", new() { Arguments = Threads });
        Assert.Equal("ready", target.ReadLine());
        ProfileOptions options = new() { Rate = 1000, Duration = TimeSpan.FromSeconds(TestMatrix.Count(2, 10)) };
        Scheduled before = default;
        PyProfile profile = Measured.Run(target.ProcessId, options, () =>
        {
            target.WriteLine("begin");
            Assert.Equal("begun", target.ReadLine());
            before = Scheduled.Of(target.ProcessId);
        });
        double contended = Scheduled.Of(target.ProcessId).WaitedSince(before);
        target.WriteLine("end");
        Dictionary<string, Dictionary<string, double[]>> own = JsonSerializer.Deserialize<Dictionary<string, Dictionary<string, double[]>>>(target.ReadLine())!;

        Assert.Equal([.. Threads, "MainThread"], profile.Stacks.Select(stack => stack.ThreadName!).Distinct().Order(Comparer<string>.Create((a, b) => Rank(a) - Rank(b))));
        foreach (string thread in Threads)
        {
            AssertShares(profile, thread, own[thread], contended, clock: 0, _ => true);
        }

        // Those that compute and do not wait: what they have of a processor is what they have of the GIL.
        foreach (string thread in (string[])["four", "calls"])
        {
            AssertShares(profile, thread, own[thread], contended, clock: 1, stack => !stack.IsIdle);
            if (!python.IsFreeThreaded)
            {
                AssertShares(profile, thread, own[thread], contended, clock: 1, stack => stack.HasGil == true);
            }
        }

        // Who has just woken waits for a processor, on a busy machine for long.
        long asleep = Sum(In(profile, "sleeps", "asleep"));
        double missed = (double)profile.Missed / (profile.Missed + (profile.AchievedRate * profile.DurationSeconds));
        Assert.InRange((double)Sum(In(profile, "sleeps", "asleep").Where(stack => stack is { IsIdle: true, HasGil: true })) / asleep, 0, 0.03 + (missed / 4));
        Assert.InRange((double)Sum(In(profile, "sleeps", "asleep").Where(stack => stack.IsIdle)) / asleep, 0.5 - (missed / 2), 1);
        if (!python.IsFreeThreaded)
        {
            Assert.True(Sum(profile.Stacks.Where(stack => stack.HasGil == true)) <= (1.05 + missed) * options.Duration!.Value.TotalSeconds * profile.AchievedRate, "two threads had the GIL");

            // Four threads want it: each waits for most of the time, and that does not look like computing.
            long waiting = Sum(In(profile, "four").Where(stack => stack is { IsIdle: true, HasGil: false }));
            Assert.InRange((double)waiting / Sum(In(profile, "four")), 0.3 - (missed / 4), 0.97);
        }
    }

    /// <summary>Where each version keeps its frames in another way, and where C that calls Python has a place of its own for the innermost one.</summary>
    public static TheoryData<string> VersionsWithOtherFrames() => [.. InterpreterSet.OnePerSeries.Where(one => one.IsAtLeast(3, 8) && Array.IndexOf([8, 11, 12, 13, 15], one.Minor) >= 0).Select(one => one.Name)];

    [Theory]
    [MemberData(nameof(VersionsWithOtherFrames))]
    public void Short_calls_and_generators_that_C_asks_for_values_are_neither_lost_nor_torn(string interpreter)
    {
        using Target target = Target.StartSilent(InterpreterSet.Named(interpreter), "profile/shares.py", new() { Arguments = ["calls"] });
        Assert.Equal("ready", target.ReadLine());
        ProfileOptions options = new() { Rate = 5000, Duration = TimeSpan.FromSeconds(TestMatrix.Count(1, 10)) };
        PyProfile profile = Measured.Run(target.ProcessId, options, () =>
        {
            target.WriteLine("begin");
            Assert.Equal("begun", target.ReadLine());
        });
        target.WriteLine("end");
        Dictionary<string, double[]> own = JsonSerializer.Deserialize<Dictionary<string, Dictionary<string, double[]>>>(target.ReadLine())!["calls"];

        AssertShares(profile, "calls", own, contended: 0, clock: 0, _ => true);
        Assert.All(In(profile, "calls"), stack => Assert.False(stack.Frames[0].Function == "digits", "a generator that nobody has called"));
        Assert.InRange(profile.Torn, 0, 10 + (profile.Samples / 10));
    }

    /// <summary>What the threads of a process have had of the processors, and how long they have waited for one (proc_pid_schedstat(5)), in nanoseconds.</summary>
    private readonly record struct Scheduled(long Ran, long Waited)
    {
        public static Scheduled Of(int processId)
        {
            (long ran, long waited) = (0, 0);
            foreach (string thread in Directory.GetDirectories($"/proc/{processId}/task"))
            {
                string[] words = File.ReadAllText(thread + "/schedstat").Split(' ');
                ran += long.Parse(words[0], CultureInfo.InvariantCulture);
                waited += long.Parse(words[1], CultureInfo.InvariantCulture);
            }

            return new Scheduled(ran, waited);
        }

        // A thread that waits for a processor looks as one that runs.
        public double WaitedSince(Scheduled before) => (double)(Waited - before.Waited) / Math.Max(1, Waited - before.Waited + Ran - before.Ran);
    }

    // Four times what chance can do with that many samples, the share that was missed, the time without a processor, and one point.
    private static void AssertShares(PyProfile profile, string thread, Dictionary<string, double[]> own, double contended, int clock, Func<PyProfileStack, bool> isCounted)
    {
        PyProfileStack[] stacks = [.. In(profile, thread).Where(isCounted)];
        double all = own.Values.Sum(times => times[clock]);
        long samples = own.Keys.Sum(function => Sum(In(stacks, function)));
        double missed = (double)profile.Missed / (profile.Missed + (profile.AchievedRate * profile.DurationSeconds));
        foreach ((string function, double[] times) in own)
        {

            // What is left over between two readings of a clock can be less than nothing.
            double expected = Math.Max(0, times[clock]) / all;
            double found = (double)Sum(In(stacks, function)) / Math.Max(1, samples);
            double tolerance = 0.01 + (4 * Math.Sqrt(expected * (1 - expected) / Math.Max(1, samples / 4.0))) + (missed / 2) + contended;
            Assert.True(
                Math.Abs(found - expected) <= tolerance,
                $"{thread}.{function}: {found:p2}, by its own clock {expected:p2}, tolerance {tolerance:p2}, {samples} samples, {profile.Torn} torn, {missed:p1} missed, {contended:p1} of the time that it wanted a processor it had none. {profile.Warnings}");
        }
    }

    private static int Rank(string thread) => Array.IndexOf(Threads, thread) is int index and >= 0 ? index : Threads.Length;

    private static IEnumerable<PyProfileStack> In(PyProfile profile, string thread) => profile.Stacks.Where(stack => stack.ThreadName == thread);

    private static IEnumerable<PyProfileStack> In(PyProfile profile, string thread, string function) => In(In(profile, thread), function);

    private static IEnumerable<PyProfileStack> In(IEnumerable<PyProfileStack> stacks, string function) => stacks.Where(stack => stack.Frames.Any(frame => frame.Function == function));

    private static long Sum(IEnumerable<PyProfileStack> stacks) => stacks.Sum(stack => stack.Count);
}
