using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using PyStack.TestSupport;
using Xunit;

namespace PyStack.Tests.Docs;

/// <summary>docs/security.md names a test for each promise; a test that is renamed or removed must not leave its promise behind.</summary>
public sealed partial class SecurityDocumentTests
{
    private static readonly string Text = File.ReadAllText(Path.Combine(Repository.Root, "docs", "security.md"));

    // `ClassTests` or `ClassTests.A_sentence`.
    [GeneratedRegex(@"`(?<class>\w+Tests)(?:\.(?<method>\w+))?`")]
    private static partial Regex Named();

    // By text and not by reflection: the tests of the engine are an assembly of their own.
    private static readonly ILookup<string, string> Sources = new[] { "Engine", "PowerShell", "Pages" }
        .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Repository.Root, "tests", folder), "*Tests.cs", SearchOption.AllDirectories))
        .ToLookup(file => Path.GetFileNameWithoutExtension(file), File.ReadAllText);

    [Fact]
    public void Every_test_that_the_document_names_exists()
    {
        Match[] named = [.. Named().Matches(Text).Cast<Match>()];
        Assert.True(named.Length > 40);
        Assert.All(named, name =>
        {
            IEnumerable<string> sources = Sources[name.Groups["class"].Value];
            Assert.NotEmpty(sources);
            if (name.Groups["method"].Success)
            {
                Assert.Contains(sources, source => Regex.IsMatch(source, $@"\b(?:void|Task) {name.Groups["method"].Value}\("));
            }
        });
    }

    [Fact]
    public void Every_promise_in_a_table_names_a_test_or_says_why_there_is_none()
    {
        string promises = Text[Text.IndexOf("## What is promised", StringComparison.Ordinal)..Text.IndexOf("## What is not promised", StringComparison.Ordinal)];
        string[] rows = [.. promises.Split('\n').Where(line => line.StartsWith("| ", StringComparison.Ordinal) && !line.StartsWith("| promise", StringComparison.Ordinal) && !line.StartsWith("| ---", StringComparison.Ordinal))];
        Assert.True(rows.Length > 15);
        Assert.All(rows, row => Assert.True(Named().IsMatch(row) || row.Contains("by design: ", StringComparison.Ordinal), row));
    }

    [Theory]
    [InlineData("README.md")]
    [InlineData("CONTRIBUTING.md")]
    [InlineData("docs/permissions.md")]
    [InlineData("docs/help/en-US/about_PyStack.md")]
    public void Who_reads_another_document_is_led_here(string document)
        => Assert.Contains("security.md", File.ReadAllText(Path.Combine(Repository.Root, document)), StringComparison.Ordinal);
}
