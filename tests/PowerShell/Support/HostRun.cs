using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Runtime.InteropServices;
using System.Threading;
using System.Threading.Tasks;

namespace PyStack.Tests;

/// <summary>One run of the host program, as a user starts it.</summary>
internal sealed partial class HostRun : IDisposable
{
    /// <summary>No run takes this long; what does is ended, and its test fails.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private const int SigInt = 2;
    private readonly Process _process;
    private readonly Timer _guard;
    private readonly Task<string> _error;

    private HostRun(Process process)
    {
        _process = process;
        _error = process.StandardError.ReadToEndAsync();
        _guard = new Timer(_ => process.Kill(), null, Limit, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The full path of <c>dotnet</c>.</summary>
    public static string DotnetProgram { get; } = FindDotnet();

    /// <summary>Starts the host; a variable that is null in <paramref name="environment"/> is not set.</summary>
    public static HostRun Start(IEnumerable<string> arguments, IReadOnlyDictionary<string, string?>? environment = null, string? program = null)
    {
        // Through `dotnet` by its full path: the program's own starter would look for the runtime where these tests have not.
        var start = new ProcessStartInfo(DotnetProgram)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(program ?? ModuleFiles.HostProgram);
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        // The runner of these tests may have been told to use no colours; the host shall not inherit that.
        start.Environment.Remove("NO_COLOR");
        foreach ((string name, string? value) in environment ?? new Dictionary<string, string?>())
        {
            start.Environment[name] = value;
        }

        return new HostRun(Process.Start(start)!);
    }

    /// <summary>Runs the host to its end.</summary>
    public static HostResult Run(params string[] arguments) => Run(arguments, null);

    /// <summary>Runs the host to its end, in a changed environment.</summary>
    public static HostResult Run(string[] arguments, IReadOnlyDictionary<string, string?>? environment, string? program = null)
    {
        using HostRun run = Start(arguments, environment, program);
        run._process.StandardInput.Close();
        return run.Finish();
    }

    /// <summary>The next line of standard output.</summary>
    public string? ReadLine() => _process.StandardOutput.ReadLine();

    /// <summary>What Ctrl+C sends.</summary>
    public void Interrupt() => Assert0(Kill(_process.Id, SigInt));

    /// <summary>Waits for the end.</summary>
    public HostResult Finish()
    {
        string output = _process.StandardOutput.ReadToEnd();
        string error = _error.GetAwaiter().GetResult();
        _process.WaitForExit();
        return new HostResult(output, error, _process.ExitCode);
    }

    public void Dispose()
    {
        _guard.Dispose();
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private static string FindDotnet()
    {
        string? given = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH");
        if (!string.IsNullOrEmpty(given))
        {
            return given;
        }

        // .../dotnet/shared/Microsoft.NETCore.App/10.0.x/ -> .../dotnet/dotnet
        return Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"));
    }

    private static void Assert0(int result)
    {
        if (result != 0)
        {
            throw new InvalidOperationException($"kill: error {Marshal.GetLastPInvokeError()}");
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int processId, int signal);
}

/// <summary>What a run has written and how it ended.</summary>
internal sealed record HostResult(string Output, string Error, int ExitCode);
