using System;
using System.Diagnostics;
using System.IO;
using System.Threading;
using BenchmarkDotNet.Attributes;
using PyStack.Engine.Capture;
using PyStack.Engine.Primitives;
using PyStack.Engine.Sessions;
using PyStack.Engine.Targets.Core;

namespace PyStack.Bench;

/// <summary>
/// A core of 1 GiB, which is holes for the most part. Promised: first stack under 300 ms from a warm host and under 80 MB of private memory, with native frames under 1 s.
/// $PYTHON names the interpreter. It must be a machine whose /proc/sys/kernel/core_pattern is a plain name.
/// </summary>
[MemoryDiagnoser]
public class CoreBenchmarks : IDisposable
{
    private string _folder = "";
    private string _core = "";

    [GlobalSetup]
    public void WriteCore()
    {
        _folder = Directory.CreateTempSubdirectory("pystack-bench-").FullName;
        string python = Environment.GetEnvironmentVariable("PYTHON") ?? "python3";
        ProcessStartInfo start = new("/bin/sh", ["-c", $"ulimit -c unlimited; exec {python} -c 'import os; x = bytearray(1 << 30); os.abort()'"]) { WorkingDirectory = _folder };
        using Process process = Process.Start(start)!;
        process.WaitForExit();
        _core = Directory.GetFiles(_folder)[0];
    }

    [Benchmark(Baseline = true)]
    public int FirstStack() => Take(NativeMode.None);

    [Benchmark]
    public int Native() => Take(NativeMode.AllThreads);

    [GlobalCleanup]
    public void Dispose()
    {
        if (_folder.Length > 0)
        {
            Directory.Delete(_folder, recursive: true);
        }

        GC.SuppressFinalize(this);
    }

    private int Take(NativeMode native)
    {
        using StackSession session = StackSession.OpenCore(_core, new CoreSearch(), new StackOptions { Native = native }, SilentLog.Instance, CancellationToken.None);
        return session.Capture(CancellationToken.None).Length;
    }
}
