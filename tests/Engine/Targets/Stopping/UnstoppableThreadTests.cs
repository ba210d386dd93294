using System;
using System.Globalization;
using System.IO;
using System.Linq;
using PyStack.Engine.Sessions;
using PyStack.Engine.Tests.Elf;
using PyStack.Engine.Tests.Sessions;
using PyStack.TestSupport;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Targets.Stopping;

/// <summary>Threads that do not come to a stop: they sleep in the kernel, or get no processor.</summary>
public sealed class UnstoppableThreadTests
{
    private const int Threads = 64;

    [Theory]
    [MemberData(nameof(Rows.OldestAndNewest), MemberType = typeof(Rows))]
    public void Threads_in_state_D_are_read_as_they_are_and_hold_nobody_up(string interpreter)
    {
        string library = Toolchain.Shared("libin_vfork.so", File.ReadAllText(Programs.PathOf("in_vfork.c")), "-shared", "-fPIC");
        using Target target = Target.StartSilent(InterpreterSet.Named(interpreter), "in_vfork.py", new() { Arguments = [library, $"{Threads}"] });
        target.ReadLine();
        Wait.Until(() => InStateD(target) == Threads, "the threads do not get into state D");

        using StackSession session = Captures.Open(target.ProcessId, Captures.Blocking);
        for (int i = 0; i < 20; i++)
        {
            PyThread[] threads = session.Take();

            Assert.Equal(Threads + 2, threads.Length);
            Assert.Equal(Threads, threads.Count(thread => thread.Frames[^1].Function == "hold"));
            Assert.All(threads, thread => Assert.True(thread.IsCoherent));
            Assert.Equal(Threads, InStateD(target));
            AssertGoesOn(target);
        }
    }

    /// <summary>A group of processes that gets one hundredth of a processor, in periods longer than is waited for: cpu.cfs_quota_us of cgroup v1, cpu.max of v2.</summary>
    [Fact]
    public void A_thread_that_gets_no_processor_makes_the_capture_incoherent_with_a_warning()
    {
        // With a GIL that counts its holders, one thread is stopped, and it may be the one that sleeps.
        Interpreter? interpreter = InterpreterSet.All.FirstOrDefault(one => !one.IsAtLeast(3, 0) || one.IsFreeThreaded);
        Assert.SkipWhen(interpreter is null, "there is neither a 2.7 nor a free-threaded build, of which all threads are stopped");
        using Target target = Target.StartSilent(interpreter, "heartbeat.py", new() { Arguments = ["1"] });
        target.ReadLine();
        using CpuQuota quota = CpuQuota.Limit(target.ProcessId);
        using StackSession session = Captures.Open(target.ProcessId, Captures.Blocking);

        // It may just have its turn: look until it has not.
        Wait.Until(
            () => session.Take().Any(thread => !thread.IsCoherent && thread.Warnings.Any(warning => warning.Contains("was not scheduled", StringComparison.Ordinal))),
            "each capture is coherent although the target gets no processor");
    }

    private static void AssertGoesOn(Target target)
    {
        long before = Count(target);
        Wait.Until(() => Count(target) > before, "the thread that counts is held up");
    }

    private static long Count(Target target)
    {
        target.WriteLine("?");
        return long.Parse(target.ReadLine(), CultureInfo.InvariantCulture);
    }

    private static int InStateD(Target target)
        => ProcOracle.Threads(target.ProcessId).Count(thread => ProcOracle.State(target.ProcessId, thread) == 'D');

    private sealed class CpuQuota(string folder, int processId) : IDisposable
    {
        public static CpuQuota Limit(int processId)
        {
            foreach ((string root, string file, string value) in ((string, string, string)[])[
                ("/sys/fs/cgroup/cpu", "cpu.cfs_quota_us", "10000"), ("/sys/fs/cgroup", "cpu.max", "10000 1000000")])
            {
                string folder = $"{root}/pystack-test-{processId}";
                try
                {
                    if (!File.Exists($"{root}/cgroup.procs"))
                    {
                        continue;
                    }

                    Directory.CreateDirectory(folder);
                    if (file == "cpu.cfs_quota_us")
                    {
                        File.WriteAllText($"{folder}/cpu.cfs_period_us", "1000000");
                    }

                    File.WriteAllText($"{folder}/{file}", value);
                    File.WriteAllText($"{folder}/cgroup.procs", $"{processId}");
                    return new CpuQuota(folder, processId);
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    TryDelete(folder);
                }
            }

            Assert.Skip("no cgroup with a limit of processor time can be made here");
            return null!;
        }

        public void Dispose()
        {
            File.WriteAllText(Path.Combine(Path.GetDirectoryName(folder)!, "cgroup.procs"), $"{processId}");
            TryDelete(folder);
        }

        private static void TryDelete(string folder)
        {
            try
            {
                Directory.Delete(folder);
            }
            catch (IOException)
            {
                // There is none, or the kernel needs a moment: it is empty and does no harm.
            }
        }
    }
}
