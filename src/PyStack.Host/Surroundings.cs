using System;
using System.Collections;
using System.IO;
using System.Management.Automation;
using System.Reflection;

namespace PyStack.Host;

/// <summary>What PowerShell expects of the machine and a bare container lacks: a home directory that can be written to, and accounts. To be called before PowerShell starts.</summary>
internal static class Surroundings
{
    public static void Prepare()
    {
        // A diagnostic tool does not report its use over the network, and does not ask for newer versions.
        Environment.SetEnvironmentVariable("POWERSHELL_TELEMETRY_OPTOUT", "1");
        Environment.SetEnvironmentVariable("POWERSHELL_UPDATECHECK", "Off");
        PrepareHome();
        if (!HasAccounts())
        {
            CloseLog();
        }
    }

    // Without HOME PowerShell would take a folder of /tmp whose name everyone knows, and load modules from it; where the home is on a disk that cannot be
    // written to, it would not start. The program's own folder belongs to whoever has unpacked it.
    private static void PrepareHome()
    {
        string? home = Environment.GetEnvironmentVariable("HOME");
        if (string.IsNullOrEmpty(home))
        {
            // That of the account; "/" where there is none.
            home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify);
            home = home is "" or "/" ? AppContext.BaseDirectory : home;
            Environment.SetEnvironmentVariable("HOME", home);
        }

        ReplaceUnwritable("XDG_CACHE_HOME", Path.Combine(home, ".cache"), "powershell");
        ReplaceUnwritable("XDG_DATA_HOME", Path.Combine(home, ".local", "share"), "powershell/Modules");
    }

    private static void ReplaceUnwritable(string variable, string folder, string child)
    {
        if (!string.IsNullOrEmpty(Environment.GetEnvironmentVariable(variable)))
        {
            return;
        }

        try
        {
            Directory.CreateDirectory(Path.Combine(folder, child));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Environment.SetEnvironmentVariable(variable, AppContext.BaseDirectory);
        }
    }

    private static bool HasAccounts()
    {
        try
        {
            return Environment.UserName is not null;
        }
        catch (IOException)
        {
            // There is no /etc/passwd.
            return false;
        }
    }

    // PowerShell writes the user's name into each record for the machine's log, and without accounts to ask for the name fails, and with it the session.
    // There is no setting for it: the engine's table of logs gets an empty list before the engine fills it. An engine without such a table is not changed.
    private static void CloseLog()
    {
        FieldInfo? field = typeof(PSObject).Assembly
            .GetType("System.Management.Automation.MshLog", throwOnError: false)?
            .GetField("s_logProviders", BindingFlags.Static | BindingFlags.NonPublic);
        if (field?.GetValue(null) is IDictionary logs && field.FieldType.GenericTypeArguments is [_, Type list])
        {
            logs["Microsoft.PowerShell"] = Activator.CreateInstance(list);
        }
    }
}
