using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;
using Xunit;

namespace PyStack.Tests.Docs;

/// <summary>The commands that the documents show do what the documents say, typed as they are written.</summary>
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
        List<TypedCommand> commands = TypedDocument.Type("empty", blocks);
        TypedDocument.AssertDone(document, commands);
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

        List<TypedCommand> commands = TypedDocument.Type("help", MarkdownFile.Read(page).Blocks);
        TypedDocument.AssertDone(page, commands);
    }

    public static TheoryData<string> HelpPages => [.. MarkdownFile.HelpPages];

    [Fact]
    public void What_no_test_can_type_says_what_it_needs() => Assert.All(
        MarkdownFile.Documents.Concat(MarkdownFile.HelpPages),
        document => Assert.All(
            MarkdownFile.Read(document).Blocks.Where(b => b.Language is "powershell" or "sh"),
            block => Assert.True(block.Remark is "" or "needs-ssh" or "needs-package", $"{document}:{block.Line}: {block.Remark} is not known")));

    [Fact]
    public void Links_lead_to_files_that_are_there() => Assert.All(
        MarkdownFile.Documents.Concat(MarkdownFile.HelpPages),
        document => Assert.All(
            Link().Matches(System.IO.File.ReadAllText(System.IO.Path.Combine(TestSupport.Repository.Root, document))).Select(match => match.Groups[1].Value),
            link => Assert.True(
                System.IO.Path.Exists(System.IO.Path.Combine(TestSupport.Repository.Root, System.IO.Path.GetDirectoryName(document)!, link)), $"{document}: {link}")));

    // What differs from machine to machine and from run to run counts as the same: numbers, addresses, folders.
    private static void AssertShown(string document, MarkdownBlock expected, List<TypedCommand> commands)
    {
        if (commands.Any(c => c.Result.StartsWith("absent: ", StringComparison.Ordinal)))
        {
            return;
        }

        string shown = string.Join('\n', commands.Select(c => c.Output));
        HashSet<string> lines = [.. shown.Split('\n').Select(Normal)];
        foreach (string line in expected.Code.Split('\n').Where(line => line.Trim() is not ("" or "...")))
        {
            Assert.True(lines.Contains(Normal(line)), $"{document}:{expected.Line}: this line is not shown: {line}\nShown is:\n{shown}");
        }
    }

    private static string Normal(string line) => Number().Replace(Folder().Replace(line, "\"$1"), "#").TrimEnd();

    [GeneratedRegex("\"[^\"]*/((docs/examples|pystack-[^/]*)/)")]
    private static partial Regex Folder();

    [GeneratedRegex("0x[0-9a-f]+|pystack-[A-Za-z0-9]+|[0-9]+([.][0-9]+)*")]
    private static partial Regex Number();

    [GeneratedRegex(@"\]\((?!https?:|#)([^)#]+)")]
    private static partial Regex Link();
}
