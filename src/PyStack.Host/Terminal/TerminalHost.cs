using System;
using System.Globalization;
using System.Management.Automation.Host;
using System.Reflection;

namespace PyStack.Host.Terminal;

/// <summary>PowerShell's host: this program's standard streams.</summary>
internal sealed class TerminalHost : PSHost
{
    private readonly TerminalUserInterface _ui = new();

    /// <summary>What <c>exit</c> was called with, or null.</summary>
    public int? ExitCode { get; private set; }

    /// <summary>Whether anything was written to the error stream.</summary>
    public bool HasWrittenErrors
    {
        get => _ui.HasWrittenErrors;
        set => _ui.HasWrittenErrors = value;
    }

    public override CultureInfo CurrentCulture => CultureInfo.InvariantCulture;

    public override CultureInfo CurrentUICulture => CultureInfo.GetCultureInfo("en-US");

    public override Guid InstanceId { get; } = Guid.NewGuid();

    public override string Name => "PyStackHost";

    public override PSHostUserInterface UI => _ui;

    public override Version Version => Assembly.GetExecutingAssembly().GetName().Version ?? new Version(0, 0);

    public override void SetShouldExit(int exitCode) => ExitCode = exitCode;

    // Native programs write to the terminal by themselves; a prompt within a prompt is not offered.
    public override void NotifyBeginApplication()
    {
    }

    public override void NotifyEndApplication()
    {
    }

    public override void EnterNestedPrompt() => throw new NotSupportedException("This host has no nested prompt.");

    public override void ExitNestedPrompt() => throw new NotSupportedException("This host has no nested prompt.");
}
