using System;
using System.Linq;
using System.Management.Automation;
using PyStack.Engine.Discovery;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Tests.Completers;

public sealed class ProcessIdCompleterTests
{
    private static readonly PythonProcess[] Processes =
    [
        new(112, "python3.12", "python3.12 /srv/app.py --port 80"),
        new(1140, "uwsgi", "uwsgi\x1b[2J --ini x"),
        new(14, "py\x07thon", ""),
    ];

    private static string[] Ids(string? word) => [.. ProcessIdCompleter.Complete(word, Processes).Select(r => r.CompletionText)];

    [Theory]
    [InlineData(null, "112 1140 14")]
    [InlineData("", "112 1140 14")]
    [InlineData("11", "112 1140")]
    [InlineData("4", "")]
    [InlineData("UWS", "1140")]
    [InlineData("thon3", "112")]
    [InlineData("'python3", "112")]
    [InlineData("ruby", "")]
    public void A_number_is_the_beginning_of_an_id_and_a_word_a_part_of_a_name(string? word, string ids)
        => Assert.Equal(ids, string.Join(' ', Ids(word)));

    [Fact]
    public void An_entry_shows_id_name_and_command_line_with_control_characters_written_out()
    {
        var results = ProcessIdCompleter.Complete("", Processes);
        Assert.Equal(["112 python3.12", "1140 uwsgi", @"14 py\x07thon"], results.Select(r => r.ListItemText));
        Assert.Equal(["python3.12 /srv/app.py --port 80", @"uwsgi\x1b[2J --ini x", @"py\x07thon"], results.Select(r => r.ToolTip));
    }

    [Fact]
    public void No_entry_has_what_a_terminal_would_not_show()
    {
        PythonProcess[] processes = [new(1, "n" + Formats.EscapingTests.Nasty, "c" + Formats.EscapingTests.Nasty), new(2, "", Formats.EscapingTests.Nasty), new(3, Formats.EscapingTests.Nasty, "")];
        CompletionResult[] results = [.. ProcessIdCompleter.Complete("", processes), .. ProcessNameCompleter.Complete("", processes)];
        Assert.Equal(3, results.Length);
        Assert.All(results, one => Assert.All(one.CompletionText + one.ListItemText + one.ToolTip, c => Assert.False(TerminalText.IsUnsafe(c))));
    }

    [Fact]
    public void A_long_command_line_is_cut()
    {
        var process = new PythonProcess(1, "python", new string('x', 100_000));
        Assert.Equal(503, Assert.Single(ProcessIdCompleter.Complete("", [process])).ToolTip.Length);
    }

    [Theory]
    [InlineData("python3\0app.py\0--db-password\0LEAK1 LEAK2\0--port\080\0", "python3 app.py --db-password <redacted> --port 80")]
    [InlineData("python3 app.py --db-password LEAK1 LEAK2 --port 80", "python3 app.py --db-password <redacted> --port 80")]
    [InlineData("python3\0app.py\0redis://:LEAK@h/0\0", "python3 app.py redis://:<redacted>@h/0")]
    public void A_secret_of_a_command_line_is_not_shown(string arguments, string shown)
        => Assert.Equal(shown, Assert.Single(ProcessIdCompleter.Complete("", [new PythonProcess(1, "python3", arguments)])).ToolTip);

    [Theory]
    [InlineData("Get-PyStack -Id ")]
    [InlineData("Get-PyProcess -Id ")]
    [InlineData("Test-PyStackAccess -Id ")]
    public void Tab_behind_Id_asks_the_completer(string command)
    {
        using var shell = new EmbeddedShell();
        using PowerShell pipeline = shell.NewPipeline();
        // Which processes there are is the machine's affair: nothing is completed to a file name, and nothing throws.
        CommandCompletion completion = CommandCompletion.CompleteInput(command, command.Length, [], pipeline);
        Assert.All(completion.CompletionMatches, match => Assert.True(int.TryParse(match.CompletionText, out _)));
    }

    [Fact]
    public void The_machines_python_processes_are_offered()
    {
        using PythonTarget target = PythonTarget.Sleeping();
        using var shell = new EmbeddedShell();
        using PowerShell pipeline = shell.NewPipeline();
        string command = $"Get-PyStack -Id {target.Id}";

        // The list has a deadline, because somebody has pressed Tab: on a busy machine it may be short.
        CompletionResult? match = null;
        Wait.Until(
            () => (match = CommandCompletion.CompleteInput(command, command.Length, [], pipeline).CompletionMatches.SingleOrDefault(m => m.CompletionText == $"{target.Id}")) is not null,
            "the process is not offered");
        Assert.Contains(target.Script, match!.ToolTip, StringComparison.Ordinal);
    }
}
