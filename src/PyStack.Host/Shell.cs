using System;
using System.IO;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using Microsoft.PowerShell;

namespace PyStack.Host;

/// <summary>PowerShell's own console, with the module imported.</summary>
/// <param name="module">The path of the module's manifest, or the name of an installed module.</param>
internal sealed class Shell(string module)
{
    private const string Banner = "PowerShell with PyStack. Get-Help Get-PyStack -Full shows the help, exit leaves.";

    /// <summary>A prompt, with the user's profile as in <c>pwsh</c>.</summary>
    public int Prompt() => Start("-NoExit");

    /// <summary>Runs a command or a script to its end. The console runs once in a process.</summary>
    /// <param name="arguments"><c>-Command</c> or <c>-File</c> and what belongs to it, as for <c>pwsh</c>.</param>
    /// <returns>0; 1 if an error was shown, also one that ended nothing; what <c>exit</c> was given; 130 after Ctrl+C.</returns>
    public int Run(params string[] arguments)
    {
        if (Console.IsOutputRedirected)
        {
            // PowerShell would colour its errors and tables for a file or a pipe as well. A script can still ask for it.
            PSStyle.Instance.OutputRendering = OutputRendering.PlainText;
        }

        bool isInterrupted = false;
        // Beside PowerShell's own, which stops the pipeline.
        Console.CancelKeyPress += (_, _) =>
        {
            if (isInterrupted)
            {
                // The second Ctrl+C does not wait for what does not stop. The kernel releases a target whose tracer has ended.
                Environment.Exit(ExitCodes.Interrupted);
            }

            isInterrupted = true;
        };
        int exitCode = Start(["-NoProfile", .. arguments]);
        if (isInterrupted)
        {
            return ExitCodes.Interrupted;
        }

        // PowerShell's own answer is whether the last command has failed.
        return OutDefaultWatchingErrors.HasEnded ? OutDefaultWatchingErrors.HasShownErrors ? ExitCodes.Error : ExitCodes.Success : exitCode;
    }

    private int Start(params string[] arguments)
    {
        if (Path.IsPathRooted(module))
        {
            // For the sessions that this one starts: jobs, and ForEach-Object -Parallel.
            string folder = Path.GetDirectoryName(Path.GetDirectoryName(module))!;
            Environment.SetEnvironmentVariable("PSModulePath", $"{folder}:{Environment.GetEnvironmentVariable("PSModulePath")}".TrimEnd(':'));
        }

        InitialSessionState state = InitialSessionState.CreateDefault2();
        state.Commands.Remove(OutDefaultWatchingErrors.Name, typeof(SessionStateCmdletEntry));
        state.Commands.Add(new SessionStateCmdletEntry(OutDefaultWatchingErrors.Name, typeof(OutDefaultWatchingErrors), helpFileName: null));
        state.ImportPSModule([module]);
        return ConsoleShell.Start(state, Banner, Usage.Text, arguments);
    }
}
