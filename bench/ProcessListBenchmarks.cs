using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading;
using BenchmarkDotNet.Attributes;
using PyStack.Engine.Discovery;
using PyStack.Engine.Primitives;

namespace PyStack.Bench;

/// <summary>
/// What <c>Get-PyProcess</c> and the Tab key behind <c>-Id</c> cost on a machine with 300 processes, 10 of them Python. Promised:
/// under 100 ms for the cmdlet.
/// </summary>
public class ProcessListBenchmarks : IDisposable
{
    private const int Others = 290;
    private const int Pythons = 10;

    private readonly List<Process> _others = [];
    private readonly List<TargetProcess> _pythons = [];

    [GlobalSetup]
    public void Start()
    {
        for (int i = 0; i < Others; i++)
        {
            _others.Add(Process.Start("sleep", "3600"));
        }

        for (int i = 0; i < Pythons; i++)
        {
            _pythons.Add(new TargetProcess(1, 10));
        }
    }

    /// <summary>Which processes are Python: names and command lines only.</summary>
    [Benchmark]
    public int Complete() => PythonProcesses.List().Count;

    /// <summary>All that the cmdlet returns; nothing is kept from one call to the next.</summary>
    [Benchmark(Baseline = true)]
    public int List()
    {
        ProcessDetails details = new(SilentLog.Instance);
        int count = 0;
        foreach (PythonProcess process in new PythonProcesses(SilentLog.Instance).Find(CancellationToken.None))
        {
            count += details.Describe(process) is null ? 0 : 1;
        }

        return count >= Pythons ? count : throw new InvalidOperationException($"Only {count} processes were found.");
    }

    [GlobalCleanup]
    public void Dispose()
    {
        foreach (Process other in _others)
        {
            other.Kill();
            other.WaitForExit();
            other.Dispose();
        }

        foreach (TargetProcess python in _pythons)
        {
            python.Dispose();
        }

        _others.Clear();
        _pythons.Clear();
        GC.SuppressFinalize(this);
    }
}
