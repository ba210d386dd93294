using System;
using System.Threading;
using BenchmarkDotNet.Attributes;
using PyStack.Engine.Capture;
using PyStack.Engine.Primitives;
using PyStack.Engine.Sessions;

namespace PyStack.Bench;

/// <summary>
/// A warm call as the cmdlet makes it: open the process, capture, build the objects, let go. Promised: under 3 ms for one
/// thread of depth 10, under 15 ms for 100 threads of depth 20, cost linear in threads and frames (3,000 threads cost three times as much
/// as 1,000, also without a stop), and under 50 MB for 1,000 threads of depth 20.
/// </summary>
public class CaptureBenchmarks : IDisposable
{
    private TargetProcess? _target;

    /// <summary>Threads × frames below each thread's entry.</summary>
    [Params("1x10", "1x900", "10x20", "100x20", "1000x20", "3000x20")]
    public string Shape { get; set; } = "1x10";

    [GlobalSetup]
    public void Start()
    {
        string[] parts = Shape.Split('x');
        _target = new TargetProcess(int.Parse(parts[0]), int.Parse(parts[1]));
    }

    [Benchmark(Baseline = true)]
    public int Blocking() => Capture(StackOptions.Default);

    /// <summary>The same when nothing is known of the process: what the context (<see cref="TargetContext"/>) saves is the difference.</summary>
    [Benchmark]
    public int WithoutContext()
    {
        TargetContexts.Shared.Clear();
        return Capture(StackOptions.Default);
    }

    [Benchmark]
    public int NoBlockWithoutContext()
    {
        TargetContexts.Shared.Clear();
        return Capture(StackOptions.Default with { NoBlock = true });
    }

    [Benchmark]
    public int NoBlock() => Capture(StackOptions.Default with { NoBlock = true });

    [Benchmark]
    public int Native() => Capture(StackOptions.Default with { Native = NativeMode.AllThreads });

    [Benchmark]
    public int NativeNoBlock() => Capture(StackOptions.Default with { Native = NativeMode.AllThreads, NoBlock = true });

    [Benchmark]
    public int OpenOnlyWithoutContext()
    {
        TargetContexts.Shared.Clear();
        return OpenOnly();
    }

    [Benchmark]
    public int OpenOnly()
    {
        using StackSession session = Open(StackOptions.Default);
        return 0;
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _target?.Dispose();
        _target = null;
        GC.SuppressFinalize(this);
    }

    private StackSession Open(StackOptions options)
        => StackSession.OpenProcess(_target!.Id, options, SilentLog.Instance, CancellationToken.None);

    private int Capture(StackOptions options)
    {
        using StackSession session = Open(options);
        return session.Capture(CancellationToken.None).Length;
    }
}
