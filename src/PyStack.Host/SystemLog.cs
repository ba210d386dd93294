using System;
using System.Collections;
using System.Management.Automation;
using System.Reflection;

namespace PyStack.Host;

/// <summary>Keeps PowerShell's engine from writing to the machine's log.</summary>
internal static class SystemLog
{
    // The key of the engine's table of log providers, which has one for each kind of shell.
    private const string Shell = "Microsoft.PowerShell";

    /// <summary>
    /// The engine reports each session and each error to syslog, with the user's name. A diagnostic tool should not do that; and in a container without
    /// <c>/etc/passwd</c> to ask for the name fails, and with it the session. There is no setting for it, so the engine's table of log providers gets an
    /// empty list before the engine fills it. An engine without such a table is not changed.
    /// </summary>
    public static void Close()
    {
        FieldInfo? field = typeof(PSObject).Assembly
            .GetType("System.Management.Automation.MshLog", throwOnError: false)?
            .GetField("s_logProviders", BindingFlags.Static | BindingFlags.NonPublic);
        if (field?.GetValue(null) is IDictionary providers && field.FieldType.GenericTypeArguments is [_, Type list])
        {
            providers[Shell] = Activator.CreateInstance(list);
        }
    }
}
