using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text.Json;
using PyStack.TestSupport;
using PyStack.TestSupport.Interpreters;
using Xunit;

namespace PyStack.Tests.Fleet;

/// <summary>What five machines answered, once for all tests: tests/fleet.sh makes them of network namespaces, each with an sshd and Python programs of its own.</summary>
public sealed class Fleet : IDisposable
{
    // tests/fleet.sh: something is missing.
    private const int Skipped = 77;

    private readonly TemporaryFolder _folder = new();
    private readonly Lazy<(JsonElement? Answer, string Reason)> _run;

    public Fleet() => _run = new(Run);

    /// <summary>What the script fleet-test.ps1 has written; skips the test where there can be no such machines.</summary>
    public JsonElement Answer
    {
        get
        {
            Assert.SkipWhen(_run.Value.Answer is null, _run.Value.Reason);
            return _run.Value.Answer!.Value;
        }
    }

    public string[] Texts(string name) => [.. Answer.GetProperty(name).EnumerateArray().Select(one => one.GetString()!)];

    public void Dispose() => _folder.Dispose();

    private (JsonElement? Answer, string Reason) Run()
    {
        if (RealShell.Pwsh is null)
        {
            return (null, "there is no pwsh (tests/pwsh.sh fetches one)");
        }

        // The pods' kubectl: exec -n NAMESPACE POD [-c CONTAINER] -- pystack-host ARGUMENTS
        string kubectl = _folder.Write("bin/kubectl", """
            #!/bin/sh
            [ "$4" != gone ] || { echo 'Error from server (NotFound): pods "gone" not found' >&2; exit 1; }
            while [ "$1" != -- ]; do shift; done
            shift 2
            exec "$FLEET_PWSH" "$@"

            """u8);
        File.SetUnixFileMode(kubectl, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var start = new ProcessStartInfo(Path.Combine(Repository.Root, "tests", "fleet.sh"));
        foreach (string argument in (string[])["pwsh", "-NoProfile", "-NonInteractive", "-File", Path.Combine(Repository.Root, "tests", "PowerShell", "Fleet", "fleet-test.ps1"), _folder.Path])
        {
            start.ArgumentList.Add(argument);
        }

        RealShell.Prepare(start);
        start.Environment["FLEET_PWSH"] = RealShell.Pwsh;
        start.Environment["FLEET_PYTHONS"] = string.Join(' ', Pythons());
        HostResult result = ProcessRun.Run(start, TimeSpan.FromMinutes(5));
        if (result.ExitCode == Skipped)
        {
            return (null, result.Error.Trim());
        }

        string answer = Path.Combine(_folder.Path, "answer.json");
        Assert.True(File.Exists(answer), $"exit code {result.ExitCode}: {result.Error}");
        return (JsonDocument.Parse(File.ReadAllText(answer)).RootElement, "");
    }

    // Two versions: web1 and web3 have the one, web2 and web4 the other.
    private static IEnumerable<string> Pythons()
    {
        Interpreter[] all = [.. InterpreterSet.All.Where(one => one.Minor >= 9 && !one.HasOwnRoot && one.Command.Count == 1).OrderBy(one => one.Minor)];
        return all.Length == 0 ? [] : [all[0].Executable, all[^1].Executable];
    }
}
