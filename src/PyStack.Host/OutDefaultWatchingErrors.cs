using System.Management.Automation;
using Microsoft.PowerShell.Commands;

namespace PyStack.Host;

/// <summary>
/// What PowerShell pipes all output and all errors to that nothing else takes, with a look at the errors. An error that was caught, redirected or told to be
/// silent does not come here.
/// </summary>
[Cmdlet(VerbsData.Out, "Default")]
public sealed class OutDefaultWatchingErrors : OutDefaultCommand
{
    internal const string Name = "Out-Default";

    // The one of the command or script that the program was given. Scripts may use others in it.
    private static OutDefaultWatchingErrors? s_outermost;

    /// <summary>Whether the command or script went on to its end: no <c>exit</c> has ended it, and no error.</summary>
    internal static bool HasEnded { get; private set; }

    /// <summary>Whether an error was shown.</summary>
    internal static bool HasShownErrors { get; private set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        s_outermost ??= this;
        base.BeginProcessing();
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        HasShownErrors |= InputObject?.BaseObject is ErrorRecord;
        base.ProcessRecord();
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        base.EndProcessing();
        HasEnded |= s_outermost == this;
    }
}
