using System;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.IO;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Management.Automation.Runspaces;
using PyStack.TestSupport;

namespace PyStack.Tests;

/// <summary>A PowerShell session in the tests' process: the module's commands and views, with an engine that the test makes up.</summary>
internal sealed class EmbeddedShell : IDisposable
{
    private readonly Runspace _runspace;

    static EmbeddedShell()
    {
        Environment.SetEnvironmentVariable("POWERSHELL_TELEMETRY_OPTOUT", "1");
        Environment.SetEnvironmentVariable("NO_COLOR", null);
    }

    /// <param name="host">The session's host; null for one that has no terminal and forgets what it is told.</param>
    public EmbeddedShell(PSHost? host = null)
    {
        string source = Path.Combine(Repository.Root, "src", "PyStack.PowerShell");
        InitialSessionState state = InitialSessionState.CreateDefault2();
        state.Commands.Add(new SessionStateCmdletEntry("Export-PyProfile", typeof(ExportPyProfileCommand), null));
        state.Commands.Add(new SessionStateCmdletEntry("Export-PyReport", typeof(ExportPyReportCommand), null));
        state.Commands.Add(new SessionStateCmdletEntry("Save-PyCore", typeof(SavePyCoreCommand), null));
        state.Commands.Add(new SessionStateCmdletEntry("Find-PyDeadlock", typeof(FakeFindPyDeadlockCommand), null));
        state.Commands.Add(new SessionStateCmdletEntry("Format-PyStack", typeof(FormatPyStackCommand), null));
        state.Commands.Add(new SessionStateCmdletEntry("Get-PyStack", typeof(FakeGetPyStackCommand), null));
        state.Commands.Add(new SessionStateCmdletEntry("Get-PyProcess", typeof(FakeGetPyProcessCommand), null));
        state.Commands.Add(new SessionStateCmdletEntry("Get-PyTask", typeof(FakeGetPyTaskCommand), null));
        state.Commands.Add(new SessionStateCmdletEntry("Get-PyCore", typeof(GetPyCoreCommand), null));
        state.Commands.Add(new SessionStateCmdletEntry("Measure-PyStack", typeof(MeasurePyStackCommand), null));
        state.Commands.Add(new SessionStateCmdletEntry("Test-PyStackAccess", typeof(TestPyStackAccessCommand), null));
        state.Commands.Add(new SessionStateCmdletEntry("Watch-PyStack", typeof(WatchPyStackCommand), null));
        state.Formats.Add(new SessionStateFormatEntry(Path.Combine(source, "PyStack.Format.ps1xml")));
        state.Types.Add(new SessionStateTypeEntry(Path.Combine(source, "PyStack.Types.ps1xml")));
        _runspace = host is null ? RunspaceFactory.CreateRunspace(state) : RunspaceFactory.CreateRunspace(host, state);
        _runspace.Open();
    }

    /// <summary>The error records of the last command.</summary>
    public IReadOnlyList<ErrorRecord> Errors { get; private set; } = [];

    /// <summary>The other streams of the last command.</summary>
    public PSDataStreams Streams { get; private set; } = null!;

    public static EmbeddedShell WithEngine(Func<int, PyThread[]> capture)
    {
        var shell = new EmbeddedShell();
        shell.Set("FakeEngine", new FakeEngine { Capture = (id, _, _, _) => capture(id) });
        return shell;
    }

    public void Set(string variable, object? value) => _runspace.SessionStateProxy.SetVariable(variable, value);

    public PowerShell NewPipeline() => PowerShell.Create(_runspace);

    /// <summary>Runs a script; <paramref name="input"/> is piped in.</summary>
    public Collection<PSObject> Run(string script, params object[] input)
    {
        PowerShell shell = NewPipeline().AddScript(script);
        Collection<PSObject> output = shell.Invoke(input);
        Errors = [.. shell.Streams.Error];
        Streams = shell.Streams;
        return output;
    }

    public void Dispose() => _runspace.Dispose();
}
