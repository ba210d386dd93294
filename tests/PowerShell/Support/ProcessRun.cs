using System;
using System.Diagnostics;
using System.Threading.Tasks;

namespace PyStack.Tests;

/// <summary>Runs a program to its end, with nothing on its standard input.</summary>
internal static class ProcessRun
{
    /// <exception cref="TimeoutException">It did not end, and was ended with all that it had started.</exception>
    public static HostResult Run(ProcessStartInfo start, TimeSpan limit)
    {
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        if (!Task.WaitAll([output, error], limit))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{start.FileName} did not end in {limit}.");
        }

        process.WaitForExit();
        return new HostResult(output.Result, error.Result, process.ExitCode);
    }
}
