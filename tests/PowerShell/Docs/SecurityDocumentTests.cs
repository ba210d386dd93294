using System;
using System.IO;
using System.Linq;
using PyStack.TestSupport;
using Xunit;

namespace PyStack.Tests.Docs;

/// <summary>docs/security.md names a test for each promise; a test that is renamed or removed must not leave its promise behind.</summary>
public sealed class SecurityDocumentTests
{
    private static readonly string Text = File.ReadAllText(Path.Combine(Repository.Root, "docs", "security.md"));

    [Fact]
    public void Every_test_that_the_document_names_exists() => NamedTests.AssertExist(Text, 41);

    [Fact]
    public void Every_promise_in_a_table_names_a_test_or_says_why_there_is_none()
    {
        string promises = Text[Text.IndexOf("## What is promised", StringComparison.Ordinal)..Text.IndexOf("## What is not promised", StringComparison.Ordinal)];
        string[] rows = [.. promises.Split('\n').Where(line => line.StartsWith("| ", StringComparison.Ordinal) && !line.StartsWith("| promise", StringComparison.Ordinal) && !line.StartsWith("| ---", StringComparison.Ordinal))];
        Assert.True(rows.Length > 15);
        Assert.All(rows, row => Assert.True(NamedTests.IsIn(row) || row.Contains("by design: ", StringComparison.Ordinal), row));
    }

    [Theory]
    [InlineData("README.md")]
    [InlineData("CONTRIBUTING.md")]
    [InlineData("docs/permissions.md")]
    [InlineData("docs/help/en-US/about_PyStack.md")]
    public void Who_reads_another_document_is_led_here(string document)
        => Assert.Contains("security.md", File.ReadAllText(Path.Combine(Repository.Root, document)), StringComparison.Ordinal);
}
