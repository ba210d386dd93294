using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using PyStack.TestSupport;
using Xunit;

namespace PyStack.Tests;

/// <summary>A real pwsh and Pester: those of the machine, or those that tests/pwsh.sh has fetched. Tests that want them are skipped where there is none.</summary>
internal static class RealShell
{
    private static readonly string Cache = Path.Combine(Repository.Cache, "pwsh");

    /// <summary>The path of a pwsh that is new enough for the module, or null.</summary>
    public static string? Pwsh { get; } = Array.Find([Find("pwsh"), Path.Combine(Cache, "bin", "pwsh")], IsNewEnough);

    /// <summary>A program's path, or null if the PATH does not lead to it.</summary>
    public static string? Find(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
        .Select(folder => Path.Combine(folder, program))
        .FirstOrDefault(File.Exists);

    private static bool IsNewEnough(string? pwsh)
    {
        if (!File.Exists(pwsh))
        {
            return false;
        }

        var start = new ProcessStartInfo(pwsh);
        start.ArgumentList.Add("-Version");
        Prepare(start);
        string[] words = ProcessRun.Run(start, TimeSpan.FromMinutes(1)).Output.Split([' ', '-', '\n'], StringSplitOptions.RemoveEmptyEntries);
        return words.Length > 1 && Version.TryParse(words[1], out Version? version) && version >= new Version(7, 6);
    }

    /// <summary>Its own settings: modules of the cache, the .NET of these tests, no colours from the environment.</summary>
    public static void Prepare(ProcessStartInfo start)
    {
        start.Environment["PSModulePath"] = Path.Combine(Cache, "modules");
        start.Environment["DOTNET_ROOT"] = Path.GetDirectoryName(HostRun.DotnetProgram);
        start.Environment["POWERSHELL_TELEMETRY_OPTOUT"] = "1";
        start.Environment["POWERSHELL_UPDATECHECK"] = "Off";
        start.Environment.Remove("NO_COLOR");
    }

    /// <summary>Runs a script in it, with the assembled module imported.</summary>
    /// <param name="before">A command that starts another one, as <see cref="Namespaces.New"/>.</param>
    public static HostResult Run(string script, IReadOnlyDictionary<string, string?>? environment = null, params string[] before)
    {
        Assert.SkipWhen(Pwsh is null, "there is no pwsh (tests/pwsh.sh fetches one)");
        string[] command = [.. before, Pwsh!];
        var start = new ProcessStartInfo(command[0]);
        foreach (string argument in (string[])[.. command[1..], "-NoProfile", "-NonInteractive", "-Command", $"$PSStyle.OutputRendering = 'PlainText'; Import-Module '{ModuleFiles.Manifest}'; {script}"])
        {
            start.ArgumentList.Add(argument);
        }

        Prepare(start);
        foreach ((string name, string? value) in environment ?? new Dictionary<string, string?>())
        {
            start.Environment[name] = value;
        }

        return ProcessRun.Run(start, TimeSpan.FromMinutes(5));
    }

    /// <summary>Skips the test where a module of a version or newer is not there.</summary>
    public static void SkipWithout(string module, string version)
        => Assert.SkipUnless(
            Run($"[bool](Get-Module -ListAvailable {module} | Where-Object Version -GE ([version]'{version}'))").Output == "True\n",
            $"there is no {module} {version} or newer for pwsh");
}
