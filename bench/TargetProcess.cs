using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;

namespace PyStack.Bench;

/// <summary>A Python process of a known shape (bench/gapmeter/gaptarget.py), ended by its id.</summary>
internal sealed class TargetProcess : IDisposable
{
    private readonly Process _process;

    public TargetProcess(int threads, int depth, int ballastMegabytes = 0)
    {
        string ready = Path.Combine(Path.GetTempPath(), "pystack-bench-" + Guid.NewGuid().ToString("n"));
        ProcessStartInfo start = new(Environment.GetEnvironmentVariable("PYTHON") ?? "python3")
        {
            ArgumentList =
            {
                FindProgram(),
                "--threads", threads.ToString(CultureInfo.InvariantCulture),
                "--depth", depth.ToString(CultureInfo.InvariantCulture),
                "--ballast", ballastMegabytes.ToString(CultureInfo.InvariantCulture),
                "--ready", ready,
            },
        };
        _process = Process.Start(start)!;
        while (!File.Exists(ready))
        {
            if (_process.WaitForExit(20))
            {
                throw new InvalidOperationException("The target ended before it was ready; $PYTHON names its interpreter.");
            }
        }

        Id = int.Parse(File.ReadAllText(ready), CultureInfo.InvariantCulture);
        File.Delete(ready);
    }

    /// <summary>The interpreter's process, which a version manager's shim may not be.</summary>
    public int Id { get; }

    public void Dispose()
    {
        using Process target = Process.GetProcessById(Id);
        target.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private static string FindProgram()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string path = Path.Combine(folder.FullName, "bench", "gapmeter", "gaptarget.py");
            if (File.Exists(path))
            {
                return path;
            }
        }

        throw new FileNotFoundException("bench/gapmeter/gaptarget.py");
    }
}
