using System;
using System.Management.Automation;

namespace PyStack;

/// <summary>
/// The name of this machine, for messages that another one shows: <c>Invoke-Command -HostName</c> shows the warnings and errors of all machines one after the other, and does not say whose they are.
/// </summary>
internal static class RemoteMachine
{
    // What sshd gives to whatever it starts. A background job has PSSenderInfo as well, but is on the machine that shows it.
    private const string ByNetwork = "SSH_CONNECTION";

    /// <summary><c>[web4] </c> in a remote session, as PowerShell writes its own errors of machines; else empty.</summary>
    public static string Prefix(PSCmdlet cmdlet)
        => cmdlet.SessionState?.PSVariable.GetValue("PSSenderInfo") is not null && Environment.GetEnvironmentVariable(ByNetwork) is { Length: > 0 }
            ? $"[{TerminalText.Escape(Environment.MachineName)}] "
            : "";
}
