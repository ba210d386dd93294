using System.Linq;
using System.Management.Automation;
using PyStack.Engine.Discovery;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Tests.Completers;

public sealed class ProcessNameCompleterTests
{
    private static readonly PythonProcess[] Processes =
        [new(1, "python3.12", ""), new(2, "uwsgi", ""), new(3, "python3.12", ""), new(4, "a b's", ""), new(5, "x[1]", ""), new(6, "e\x1bscape", ""), new(7, "", "")];

    [Theory]
    [InlineData(null, "'a b''s'|python3.12|uwsgi|'x`[1`]'")]
    [InlineData("py", "python3.12")]
    [InlineData("PY", "python3.12")]
    [InlineData("'a", "'a b''s'")]
    [InlineData("*3.", "python3.12")]
    [InlineData("ruby", "")]
    public void A_name_is_offered_once_as_one_literal_word(string? word, string expected)
        => Assert.Equal(expected, string.Join('|', ProcessNameCompleter.Complete(word, Processes).Select(r => r.CompletionText)));

    [Fact]
    public void The_tooltip_counts_the_processes()
        => Assert.Equal(["2 processes"], ProcessNameCompleter.Complete("py", Processes).Select(r => r.ToolTip));

    [Fact]
    public void Tab_behind_Name_offers_the_machines_python_processes()
    {
        using PythonTarget target = PythonTarget.Sleeping();
        using var shell = new EmbeddedShell();
        using PowerShell pipeline = shell.NewPipeline();
        string name = System.IO.File.ReadAllText($"/proc/{target.Id}/comm").TrimEnd('\n');
        string command = "Get-PyProcess -Name " + name[..3];

        // Tab does not wait for the whole list where the machine is busy.
        Wait.Until(
            () => CommandCompletion.CompleteInput(command, command.Length, [], pipeline).CompletionMatches.Any(match => match.CompletionText == name),
            "the name is not offered");
    }
}
