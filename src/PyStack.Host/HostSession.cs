using System;
using System.Collections.Generic;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using PyStack.Host.Terminal;

namespace PyStack.Host;

/// <summary>One PowerShell session with the module imported, whose output goes to this program's streams.</summary>
internal sealed class HostSession : IDisposable
{
    private readonly TerminalHost _host = new();
    private readonly Runspace _runspace;
    private readonly string _manifest;
    private readonly object _gate = new();
    private PowerShell? _running;
    private bool _interrupted;
    private bool _imported;

    /// <param name="manifest">The path of the module's manifest, or the name of an installed module.</param>
    public HostSession(string manifest)
    {
        _manifest = manifest;
        _runspace = RunspaceFactory.CreateRunspace(_host, InitialSessionState.CreateDefault2());
        _runspace.ThreadOptions = PSThreadOptions.ReuseThread;
        Console.CancelKeyPress += OnCancel;
    }

    /// <summary>What <c>exit</c> was called with; null while the session continues.</summary>
    public int? ExitCode => _host.ExitCode;

    /// <summary>Runs one command; its output, errors and the rest go where PowerShell sends them.</summary>
    /// <returns>The exit code of a program that has run this command and nothing else.</returns>
    public int Run(string command) => Run(shell => shell.AddScript(command, useLocalScope: false));

    /// <summary>Runs what <paramref name="build"/> puts into the pipeline.</summary>
    public int Run(Action<PowerShell> build)
    {
        bool failed = !Import() || !Invoke(build);
        Console.Out.Flush();
        return _host.ExitCode ?? (_interrupted ? ExitCodes.Interrupted : failed || _host.HasWrittenErrors ? ExitCodes.Error : ExitCodes.Success);
    }

    /// <summary>Forgets the errors and the Ctrl+C of the commands before, as a prompt does.</summary>
    public void Reset()
    {
        _interrupted = false;
        _host.HasWrittenErrors = false;
    }

    /// <summary>Evaluates an expression without showing anything; null if it fails.</summary>
    public string? Evaluate(string expression)
    {
        if (!Import())
        {
            return null;
        }

        using var shell = PowerShell.Create(_runspace);
        try
        {
            var results = shell.AddScript(expression).Invoke();
            return results.Count > 0 ? results[^1]?.ToString() : null;
        }
        catch (RuntimeException)
        {
            return null;
        }
    }

    /// <summary>What Tab offers in a line: the session's own completion.</summary>
    public IReadOnlyList<Completion> Complete(string line, int cursor)
    {
        if (!Import())
        {
            return [];
        }

        using var shell = PowerShell.Create(_runspace);
        CommandCompletion found = CommandCompletion.CompleteInput(line, cursor, [], shell);
        var completions = new List<Completion>(found.CompletionMatches.Count);
        foreach (CompletionResult match in found.CompletionMatches)
        {
            string start = line[..found.ReplacementIndex] + match.CompletionText;
            string hint = match.ToolTip == match.CompletionText ? "" : match.ToolTip.ReplaceLineEndings(" ");
            completions.Add(new Completion(start + line[(found.ReplacementIndex + found.ReplacementLength)..], start.Length, hint));
        }

        return completions;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Console.CancelKeyPress -= OnCancel;
        _runspace.Dispose();
    }

    private bool Import()
    {
        if (_imported)
        {
            return true;
        }

        if (_runspace.RunspaceStateInfo.State == RunspaceState.BeforeOpen)
        {
            _runspace.Open();
        }

        _imported = Invoke(shell => shell.AddCommand("Import-Module").AddParameter("Name", _manifest).AddParameter("ErrorAction", ActionPreference.Stop));
        return _imported;
    }

    private bool Invoke(Action<PowerShell> build)
    {
        using var shell = PowerShell.Create(_runspace);
        lock (_gate)
        {
            if (_interrupted)
            {
                return false;
            }

            _running = shell;
        }

        try
        {
            build(shell);
            // As in the console of pwsh: errors and output use the same path, so that they appear in the order in which they were made.
            shell.Commands.Commands[^1].MergeMyResults(PipelineResultTypes.Error, PipelineResultTypes.Output);
            shell.AddCommand("Out-Default");
            shell.Invoke();
            return true;
        }
        catch (PipelineStoppedException)
        {
            return false;
        }
        catch (RuntimeException exception)
        {
            Report(exception.ErrorRecord);
            return false;
        }
        finally
        {
            lock (_gate)
            {
                _running = null;
            }
        }
    }

    // Terminating errors are shown by the same view as non-terminating ones.
    private void Report(ErrorRecord record)
    {
        using var shell = PowerShell.Create(_runspace);
        var shown = new PSObject(record);
        shown.Properties.Add(new PSNoteProperty("writeErrorStream", true));
        try
        {
            shell.AddCommand("Out-Default").AddParameter("InputObject", shown).Invoke();
        }
        catch (RuntimeException)
        {
            _host.UI.WriteErrorLine(record.ToString());
        }

        _host.HasWrittenErrors = true;
    }

    private void OnCancel(object? sender, ConsoleCancelEventArgs key)
    {
        PowerShell running;
        lock (_gate)
        {
            // The second Ctrl+C does not wait: the process ends, and the kernel releases a target whose tracer has ended.
            if (_running is null || _interrupted)
            {
                return;
            }

            key.Cancel = true;
            _interrupted = true;
            running = _running;
        }

        // Outside of the gate, which the command needs in order to end.
        try
        {
            running.BeginStop(null, null);
        }
        catch (ObjectDisposedException)
        {
            // It has ended by itself.
        }
    }
}
