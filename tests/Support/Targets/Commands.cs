using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading.Tasks;

namespace PyStack.TestSupport.Targets;

/// <summary>Runs a command to its end.</summary>
public static class Commands
{
    /// <summary>What the command printed.</summary>
    /// <exception cref="InvalidOperationException">It failed; the message is what it said on standard error.</exception>
    public static string Run(IReadOnlyList<string> command)
    {
        using Process process = Process.Start(Quiet(command))!;
        process.StandardInput.Close();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        if (!process.WaitForExit(Wait.Limit))
        {
            process.Kill();
            throw new InvalidOperationException($"{command[0]} did not end.");
        }

        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"exit code {process.ExitCode}: {errors.Result}");
    }

    /// <summary>A command with all three streams in our hands, and nothing of our own Python settings.</summary>
    public static ProcessStartInfo Quiet(IReadOnlyList<string> command)
    {
        ProcessStartInfo start = new(command[0])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        for (int i = 1; i < command.Count; i++)
        {
            start.ArgumentList.Add(command[i]);
        }

        foreach (string name in new List<string>(start.Environment.Keys))
        {
            if (name.StartsWith("PYTHON", StringComparison.Ordinal))
            {
                start.Environment.Remove(name);
            }
        }

        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        return start;
    }
}
