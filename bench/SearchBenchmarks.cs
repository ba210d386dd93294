using System;
using System.Threading;
using BenchmarkDotNet.Attributes;
using PyStack.Engine.Primitives;
using PyStack.Engine.Processors;
using PyStack.Engine.Python.Runtime;
using PyStack.Engine.Python.Runtime.Search;
using PyStack.Engine.Targets.Live;

namespace PyStack.Bench;

/// <summary>
/// Finding the runtime. Promised: under 5 ms in a stripped interpreter after the first time, and next to nothing in a second process of
/// the same build-id; -Exhaustive on 1 GiB of heap under 3 s and under 100 MB. $PYTHON names the interpreter.
/// </summary>
public class SearchBenchmarks : IDisposable
{
    private TargetProcess? _target;

    /// <summary>Megabytes of objects in the target's heap.</summary>
    [Params(0, 1024)]
    public int Heap { get; set; }

    [GlobalSetup]
    public void Start() => _target = new TargetProcess(1, 10, Heap);

    [Benchmark(Baseline = true)]
    public ulong Known() => Locate();

    [Benchmark]
    public ulong Unknown()
    {
        KnownBinaries.Clear();
        return Locate();
    }

    [Benchmark]
    public ulong Exhaustive()
    {
        using LiveProcess process = LiveProcess.Open(_target!.Id, ProcessorCatalogue.OfObserver, Limits.Default);
        ExhaustiveSearch search = new(process, Limits.Default, SilentLog.Instance, CancellationToken.None);
        return search.TryFind(out ulong runtime, out _, out _) ? runtime : throw new InvalidOperationException("not found");
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _target?.Dispose();
        _target = null;
        GC.SuppressFinalize(this);
    }

    private ulong Locate()
    {
        using LiveProcess process = LiveProcess.Open(_target!.Id, ProcessorCatalogue.OfObserver, Limits.Default);
        return new RuntimeLocator(process, Limits.Default, SilentLog.Instance).Locate().Address;
    }
}
