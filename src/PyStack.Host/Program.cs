using System;
using PyStack.Host;

// PowerShell reports its use over the network unless this is turned off before it starts; a diagnostic tool should not do that.
Environment.SetEnvironmentVariable("POWERSHELL_TELEMETRY_OPTOUT", "1");

string[] words = args;
if (words is ["-?" or "-h" or "--help"])
{
    Console.Out.WriteLine(Usage.Text);
    return ExitCodes.Success;
}

string? module = ModuleLocation.Find();
if (module is null)
{
    Console.Error.WriteLine("pystack-host: the module is not there: expected PyStack/PyStack.psd1 beside the program, out/PyStack in the repository, or PyStack in a folder of PSModulePath.");
    return ExitCodes.Usage;
}

SystemLog.Close();
using var session = new HostSession(module);
int exitCode = words switch
{
    [] => Demonstration.Run(session),
    ["-i"] when Console.IsInputRedirected => Usage.Refuse("-i needs a terminal. Give the command as words, or a script with -File."),
    ["-i"] => Prompt.Run(session),
    ["-File"] => Usage.Refuse("-File needs the path of a script."),
    ["-File", string script, .. string[] arguments] => ScriptFile.Run(session, script, arguments),
    _ => session.Run(string.Join(' ', words)),
};
Console.Out.Flush();
return exitCode;
