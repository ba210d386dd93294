using System;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Threading;
using PyStack.Engine.Capture;
using PyStack.Engine.Primitives;
using PyStack.Engine.Profiling;
using PyStack.Engine.Profiling.Native;
using PyStack.Engine.Sessions;
using PyStack.Engine.Targets.Live;

namespace PyStack.Bench;

/// <summary><c>native PID RATE SECONDS</c>: what a sample of <c>Measure-PyStack -Native</c> costs us. It looks a thousand times a second, and sleeps in between.</summary>
internal static class NativeRun
{
    public static void Run(string[] args)
    {
        int id = int.Parse(args[1], CultureInfo.InvariantCulture);
        ProfileOptions options = new() { Rate = double.Parse(args[2], CultureInfo.InvariantCulture), Native = true };
        TimeSpan duration = TimeSpan.FromSeconds(double.Parse(args[3], CultureInfo.InvariantCulture));
        using StackSession session = StackSession.OpenProcess(id, StackOptions.Default with { NoBlock = true }, SilentLog.Instance, CancellationToken.None);
        LiveProcess process = (LiveProcess)session.Target;
        NativeSampler native = new(process, session.Runtimes, options, SilentLog.Instance);
        using ProcessSampler sampler = new(process, session.Runtimes, options.Mode, options.Limits) { Native = native };
        Look(sampler, TimeSpan.FromSeconds(1));
        long missed = native.Missed;
        TimeSpan cpu = Process.GetCurrentProcess().TotalProcessorTime;
        long bytes = GC.GetAllocatedBytesForCurrentThread();
        native.Table.Stacks.Settle();
        long before = Count(native);
        TimeSpan spent = Look(sampler, duration);
        native.Table.Stacks.Settle();
        long samples = Count(native) - before;
        cpu = Process.GetCurrentProcess().TotalProcessorTime - cpu;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{samples} samples, {samples / duration.TotalSeconds:0} a second, missed {native.Missed - missed}, torn {native.Torn}, {native.Table.Stacks.Count} pairs of stacks, "
            + $"{spent.TotalMicroseconds / Math.Max(1, samples):0.0} us each in the sampler, {cpu.TotalMicroseconds / Math.Max(1, samples):0.0} us of CPU each in all, {GC.GetAllocatedBytesForCurrentThread() - bytes} bytes allocated; {string.Join(' ', native.Warnings())}"));
    }

    private static long Count(NativeSampler native) => Enumerable.Range(0, native.Table.Stacks.Count).Sum(native.Table.Stacks.CountOf);

    private static TimeSpan Look(ProcessSampler sampler, TimeSpan duration)
    {
        long start = Stopwatch.GetTimestamp();
        long spent = 0;
        while (Stopwatch.GetElapsedTime(start) < duration)
        {
            long now = Stopwatch.GetTimestamp();
            sampler.Sample(now);
            spent += Stopwatch.GetTimestamp() - now;
            Thread.Sleep(1);
        }

        return TimeSpan.FromSeconds((double)spent / Stopwatch.Frequency);
    }
}
