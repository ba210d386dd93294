using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using PyStack.Engine.Processors;
using PyStack.Engine.Python.Layouts;
using PyStack.TestSupport;
using PyStack.TestSupport.Interpreters;
using Xunit;

namespace PyStack.Tests.Docs;

/// <summary>docs/support.md says what is supported: each series and processor that the engine knows, and tests that exist.</summary>
public sealed partial class SupportDocumentTests
{
    private static readonly string Text = File.ReadAllText(Path.Combine(Repository.Root, "docs", "support.md"));

    [Fact]
    public void Every_test_that_the_document_names_exists() => NamedTests.AssertExist(Text, 20);

    [Fact]
    public void Each_series_that_the_engine_knows_has_a_row()
    {
        HashSet<(int, int)> named = [];
        foreach (string cell in FirstCells("## Interpreters"))
        {
            foreach (Match range in Versions().Matches(cell))
            {
                int first = Number(range, "first");
                named.UnionWith(Enumerable.Range(first, (range.Groups["last"].Success ? Number(range, "last") : first) - first + 1).Select(minor => (Number(range, "major"), minor)));
            }
        }

        Assert.Subset(named, InterpreterSet.Series.ToHashSet());
    }

    [Fact]
    public void Each_processor_that_the_engine_reads_has_a_row()
    {
        string[] cells = [.. FirstCells("## Processors")];
        foreach (Processor processor in (Processor[])[X64.Processor, Arm64.Processor])
        {
            Assert.Contains(cells, cell => cell.Replace('-', '_').Contains(processor.Name, StringComparison.Ordinal));
        }
    }

    /// <summary>The sentence of the README, of the error and of this page is one.</summary>
    [Fact]
    public void The_readme_names_the_series_that_the_engine_knows_and_leads_here()
    {
        string readme = File.ReadAllText(Path.Combine(Repository.Root, "README.md"));

        Assert.Contains(LayoutCatalogue.Supported, readme, StringComparison.Ordinal);
        Assert.Contains("docs/support.md", readme, StringComparison.Ordinal);
    }

    private static IEnumerable<string> FirstCells(string section)
    {
        string from = Text[Text.IndexOf(section, StringComparison.Ordinal)..];
        int end = from.IndexOf("\n## ", StringComparison.Ordinal);
        return (end < 0 ? from : from[..end]).Split('\n').Where(line => line.StartsWith("| ", StringComparison.Ordinal)).Select(line => line.Split('|')[1]);
    }

    private static int Number(Match match, string group) => int.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);

    // 3.11.2, and 3.6.15 to 3.10.13.
    [GeneratedRegex(@"(?<major>\d)\.(?<first>\d+)\.\d+( to \d\.(?<last>\d+)\.\d+)?")]
    private static partial Regex Versions();
}
