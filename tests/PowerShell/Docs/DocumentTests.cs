using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using PyStack.TestSupport;
using PyStack.TestSupport.Reports;
using Xunit;

namespace PyStack.Tests.Docs;

/// <summary>The commands that the documents show do what the documents say, typed as they are written: those of the README in our host, the others in pwsh where there is one.</summary>
public sealed partial class DocumentTests
{
    /// <summary>Each section of a document that has something to type, with the blocks above all sections before it.</summary>
    public static TheoryData<string, string> Sections
    {
        get
        {
            var sections = new TheoryData<string, string>();
            foreach (string document in MarkdownFile.Documents)
            {
                foreach (string section in MarkdownFile.Read(document).Blocks.Where(b => b.IsTyped && b.Section.Length > 0).Select(b => b.Section).Distinct())
                {
                    sections.Add(document, section);
                }
            }

            return sections;
        }
    }

    [Theory]
    [MemberData(nameof(Sections))]
    public void Its_commands_run_and_show_what_is_written(string document, string section)
    {
        List<MarkdownBlock> blocks = [.. MarkdownFile.Read(document).Blocks.Where(b => b.Section.Length == 0 || b.Section == section)];
        Assert.SkipWhen(
            blocks.Any(b => b.Code.Contains("ulimit -c", StringComparison.Ordinal) && b.IsTyped) && File.ReadAllText("/proc/sys/kernel/core_pattern") is ['|' or '/', ..],
            "the cores of this machine go elsewhere than into the folder (kernel.core_pattern)");
        List<TypedCommand> commands = TypedDocument.Type(blocks.Any(b => b.Language == "sh" && b.Code.EndsWith('&')) ? "empty" : "python", blocks, inHost: document == "README.md");
        TypedDocument.AssertDone(document, commands);
        AssertShow(document, blocks, commands);
        int number = 0;
        foreach (MarkdownBlock block in blocks)
        {
            if (block.IsTyped)
            {
                number++;
            }
            else if (block.Language == "Output" && block.Remark.Length == 0)
            {
                AssertShown(document, block, [.. commands.Where(c => c.Block.StartsWith($"{number:000}.", StringComparison.Ordinal))]);
            }
        }
    }

    [Theory]
    [MemberData(nameof(HelpPages))]
    public void Examples_of_the_help_run(string page)
    {
        foreach (IGrouping<string, MarkdownBlock> example in MarkdownFile.Read(page).Blocks.Where(b => b.IsTyped).GroupBy(b => b.Section))
        {
            Assert.True(example.Count() == 1 || page.Contains("about_", StringComparison.Ordinal), $"{page}: {example.Key} has {example.Count()} blocks");
        }

        bool hasGcore = RealShell.Find("gcore") is not null;
        List<MarkdownBlock> blocks = [.. MarkdownFile.Read(page).Blocks.Where(b => hasGcore || !b.Code.Contains("core.", StringComparison.Ordinal))];
        if (!hasGcore)
        {
            TestReport.Note($"{page}: examples with cores are not typed, for there is no gcore");
        }

        List<TypedCommand> commands = TypedDocument.Type("help", blocks);
        TypedDocument.AssertDone(page, commands);
        AssertShow(page, blocks, commands);
    }

    // A command that had nothing to work on proves nothing. What assigns, loads or writes a file shows nothing.
    private static void AssertShow(string document, IEnumerable<MarkdownBlock> blocks, List<TypedCommand> commands)
    {
        int number = 0;
        foreach (MarkdownBlock block in blocks.Where(b => b.IsTyped))
        {
            string prefix = $"{++number:000}.ps1";
            foreach (TypedCommand command in commands.Where(c => block.ShowsSomething && c.Block == prefix && c.Result == "done" && !Silent().IsMatch(c.Command)))
            {
                Assert.True(command.Output.Trim().Length > 0, $"{document}: this shows nothing: {command.Command}");
            }
        }
    }

    public static TheoryData<string> HelpPages => [.. MarkdownFile.HelpPages];

    [Fact]
    public void What_no_test_can_type_says_what_it_needs() => Assert.All(
        MarkdownFile.Documents.Concat(MarkdownFile.HelpPages),
        document => Assert.All(
            MarkdownFile.Read(document).Blocks.Where(b => b.Language is "powershell" or "sh"),
            block => Assert.True(block.Remark is "" or "may-be-empty" or "needs-ssh" or "needs-package" or "needs-terminal", $"{document}:{block.Line}: {block.Remark} is not known")));

    [Fact]
    public void Links_lead_to_files_that_are_there() => Assert.All(
        MarkdownFile.Documents.Concat(MarkdownFile.HelpPages),
        document => Assert.All(
            Link().Matches(File.ReadAllText(Path.Combine(Repository.Root, document))).Select(match => match.Groups[1].Value),
            link => Assert.True(
                Path.Exists(Path.Combine(Repository.Root, Path.GetDirectoryName(document)!, link)), $"{document}: {link}")));

    // What differs from machine to machine and from run to run counts as the same: numbers, addresses, folders.
    private static void AssertShown(string document, MarkdownBlock expected, List<TypedCommand> commands)
    {
        string shown = string.Join('\n', commands.Select(c => c.Output));
        HashSet<string> lines = [.. shown.Split('\n').Select(Normal)];
        foreach (string line in expected.Code.Split('\n').Where(line => line.Trim() is not ("" or "...")))
        {
            Assert.True(lines.Contains(Normal(line)), $"{document}:{expected.Line}: this line is not shown: {line}\nShown is:\n{shown}");
        }
    }

    private static string Normal(string line) => ColumnOfNumbers().Replace(Number().Replace(Folder().Replace(line, "\"$1"), "#"), "#").TrimEnd();

    [GeneratedRegex("\"[^\"]*/((docs/examples|pystack-[^/]*)/)")]
    private static partial Regex Folder();

    [GeneratedRegex("0x[0-9a-f]+|pystack-[A-Za-z0-9]+|[0-9]+([.][0-9]+)*")]
    private static partial Regex Number();

    // Of however many digits.
    [GeneratedRegex("^ +#")]
    private static partial Regex ColumnOfNumbers();

    [GeneratedRegex(@"^\$\w+ = |^Import-Module|Export-Csv|Export-Clixml|Set-Content|-ErrorAction SilentlyContinue")]
    private static partial Regex Silent();

    [GeneratedRegex(@"\]\((?!https?:|#)([^)#]+)")]
    private static partial Regex Link();
}
