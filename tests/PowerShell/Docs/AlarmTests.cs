using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text.Json;
using PyStack.TestSupport;
using Xunit;

namespace PyStack.Tests.Docs;

/// <summary>The alarm of docs/examples/alarm: its units under a systemd of the test's own (tests/alarm.sh), and its script by the command line.</summary>
public sealed class AlarmTests : IDisposable
{
    // tests/alarm.sh: something is missing.
    private const int Skipped = 77;

    private static readonly string Folder = Path.Combine(Repository.Root, "docs", "examples", "alarm");

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Its_unit_writes_one_line_to_the_journal_for_each_hang_and_keeps_the_evidence()
    {
        Assert.SkipWhen(RealShell.Pwsh is null, "there is no pwsh (tests/pwsh.sh fetches one)");
        var start = new ProcessStartInfo(Path.Combine(Repository.Root, "tests", "alarm.sh"));
        RealShell.Prepare(start);
        start.Environment["ALARM_PWSH"] = RealShell.Pwsh;
        HostResult result = ProcessRun.Run(start, TimeSpan.FromMinutes(5));
        Assert.SkipWhen(result.ExitCode == Skipped, result.Error.Trim());
        Assert.Equal((0, ""), (result.ExitCode, result.Error));

        string[] lines = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["result success", "result success"], lines.Where(line => line.StartsWith("result ", StringComparison.Ordinal)));
        Assert.Contains("timer active", lines);

        // Two runs, and each of the two hangs is in the journal once.
        JsonElement[] entries = [.. lines.Where(line => line[0] == '{').Select(line => JsonDocument.Parse(line).RootElement)];
        JsonElement[] alarms = [.. entries.Where(entry => Message(entry).StartsWith('{')).Select(entry => JsonDocument.Parse(Message(entry)).RootElement).Where(one => Text(one, "event") == "pystack-alarm")];
        Assert.Equal(["DeadlockCycle deadlock.service", "StuckThread stuck.service"], alarms.Select(one => $"{one.GetProperty("kind")[0].GetString()} {Text(one, "unit")}").Order());
        Assert.All(entries.Where(entry => Message(entry).StartsWith("""{"event":"pystack-alarm",""", StringComparison.Ordinal)), entry => Assert.Equal("4", Text(entry, "PRIORITY")));
        Assert.Contains(alarms, one => Text(one, "text").StartsWith("Deadlock of 2 threads in process ", StringComparison.Ordinal));
        Assert.Contains(alarms, one => Text(one, "text").Contains("(waiter) waits for lock 0x", StringComparison.Ordinal));

        // For root alone, and those that the lines name.
        string[] evidence = [.. lines.Where(line => line.StartsWith("evidence ", StringComparison.Ordinal)).Select(line => line["evidence ".Length..])];
        Assert.All(evidence, file => Assert.Matches("^(600 (known.json|evidence/.*)|700 (evidence)?)$", file));
        Assert.All(alarms, one => Assert.Contains($"600 {Path.GetRelativePath("/var/lib/pystack-alarm", Text(one, "report"))}", evidence));
        if (ModuleCmdlets.All.ContainsKey("Save-PyCore"))
        {
            Assert.All(alarms, one => Assert.Contains($"600 {Path.GetRelativePath("/var/lib/pystack-alarm", Text(one, "core"))}", evidence));
            Assert.Equal(alarms.Length, entries.Length);
        }
    }

    [Fact]
    public void Its_script_keeps_the_newest_files_and_says_that_what_it_knew_cannot_be_read()
    {
        Namespaces.SkipWithout();
        _folder.Write("known.json", "{ \"entries\": 7"u8);
        for (int i = 0; i < 6; i++)
        {
            File.SetLastWriteTimeUtc(_folder.Write($"evidence/{i}.html", new byte[400_000]), DateTime.UtcNow.AddMinutes(i - 10));
        }

        HostResult result = Run("-Keep", "4", "-MaxMegabytes", "1");
        Assert.Equal("", result.Error);
        JsonElement line = JsonDocument.Parse(Assert.Single(result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries))["<3>".Length..]).RootElement;
        Assert.Equal(("pystack-alarm-failure", "known.json"), (Text(line, "event"), Text(line, "what")));
        Assert.Equal(["4.html", "5.html"], Directory.GetFiles(Path.Combine(_folder.Path, "evidence")).Select(Path.GetFileName).Order());
        Assert.Equal("[]", JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder.Path, "known.json"))).RootElement.GetProperty("entries").GetRawText());
    }

    [Fact]
    public void Systemd_finds_nothing_wrong_with_its_units()
    {
        Assert.SkipUnless(RealShell.Find("systemd-analyze") is not null, "there is no systemd-analyze");
        string[] names = ["pystack-alarm.service", "pystack-alarm.timer"];
        foreach (string name in names)
        {
            // The program need not be here.
            string text = File.ReadAllText(Path.Combine(Folder, name)).Replace("ExecStart=/usr/bin/pwsh ", "ExecStart=/bin/true ", StringComparison.Ordinal);
            File.WriteAllText(Path.Combine(_folder.Path, name), text);
        }

        var start = new ProcessStartInfo("systemd-analyze");
        foreach (string argument in (string[])["verify", "--recursive-errors=no", .. names.Select(name => Path.Combine(_folder.Path, name))])
        {
            start.ArgumentList.Add(argument);
        }

        HostResult result = ProcessRun.Run(start, TimeSpan.FromMinutes(1));
        Assert.Equal((0, "", ""), (result.ExitCode, result.Output, result.Error));
    }

    // With process ids of its own: no other process of this machine is looked at.
    private HostResult Run(params string[] arguments)
    {
        Assert.SkipWhen(RealShell.Pwsh is null, "there is no pwsh (tests/pwsh.sh fetches one)");
        List<string> command = [.. Namespaces.New, RealShell.Pwsh!, "-NoProfile", "-NonInteractive", "-File", Path.Combine(Folder, "pystack-alarm.ps1"), "-StateDirectory", _folder.Path, .. arguments];
        var start = new ProcessStartInfo(command[0]);
        foreach (string argument in command[1..])
        {
            start.ArgumentList.Add(argument);
        }

        RealShell.Prepare(start);
        start.Environment["PSModulePath"] = Path.GetDirectoryName(Path.GetDirectoryName(ModuleFiles.Manifest));
        return ProcessRun.Run(start, TimeSpan.FromMinutes(2));
    }

    private static string Message(JsonElement entry) => entry.GetProperty("MESSAGE") is { ValueKind: JsonValueKind.String } text ? text.GetString()! : "";

    private static string Text(JsonElement one, string name) => one.GetProperty(name).GetString()!;
}
