using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using PyStack.TestSupport;
using Xunit;

namespace PyStack.Tests.Docs;

/// <summary>A block of code in a document.</summary>
/// <param name="Language">What stands behind the fence: <c>powershell</c>, <c>sh</c>, <c>Output</c>, <c>console</c>.</param>
/// <param name="Remark">A second word: <c>needs-ssh</c> says what a command needs that no test has, <c>may-be-empty</c> that a machine may have nothing
/// to show, <c>varies</c> that an output is an example.</param>
public sealed record MarkdownBlock(string Section, int Line, string Language, string Remark, string Code)
{
    public bool IsTyped => Language is ("powershell" or "sh") && Remark is ("" or "may-be-empty");

    /// <summary>Whether each of its commands shows something, unless it keeps or loads something.</summary>
    public bool ShowsSomething => IsTyped && Remark.Length == 0;
}

/// <summary>A document of the project, with its blocks of code in their order.</summary>
public sealed class MarkdownFile
{
    private MarkdownFile(string name, List<MarkdownBlock> blocks)
    {
        Name = name;
        Blocks = blocks;
    }

    /// <summary>The path below the repository's root.</summary>
    public string Name { get; }

    public IReadOnlyList<MarkdownBlock> Blocks { get; }

    /// <summary>All of a user's and of a contributor's documents: those at the root and those in docs/ and docs/runbooks/.</summary>
    public static IEnumerable<string> Documents => Directory.GetFiles(Repository.Root, "*.md")
        .Concat(Directory.GetFiles(Path.Combine(Repository.Root, "docs"), "*.md"))
        .Concat(Directory.GetFiles(Path.Combine(Repository.Root, "docs", "runbooks"), "*.md"))
        .Select(file => Path.GetRelativePath(Repository.Root, file))
        .Order(StringComparer.Ordinal);

    public static IEnumerable<string> HelpPages => Directory.GetFiles(Path.Combine(Repository.Root, "docs", "help", "en-US"), "*.md")
        .Select(file => Path.GetRelativePath(Repository.Root, file))
        .Order(StringComparer.Ordinal);

    public static MarkdownFile Read(string name)
    {
        var blocks = new List<MarkdownBlock>();
        string section = "";
        string[] lines = File.ReadAllLines(Path.Combine(Repository.Root, name));
        for (int i = 0; i < lines.Length; i++)
        {
            if (lines[i].StartsWith("## ", StringComparison.Ordinal) || lines[i].StartsWith("### Example", StringComparison.Ordinal))
            {
                section = lines[i].TrimStart('#', ' ');
            }

            string indent = lines[i][..^lines[i].TrimStart().Length];
            if (lines[i].TrimStart().StartsWith("```", StringComparison.Ordinal))
            {
                string[] words = lines[i].Trim()[3..].Split(' ', 2);
                int end = Array.FindIndex(lines, i + 1, line => line == indent + "```");
                Assert.True(end > i, $"{name}:{i + 1}: the block has no end");
                string code = string.Join('\n', lines[(i + 1)..end].Select(line => line.StartsWith(indent, StringComparison.Ordinal) ? line[indent.Length..] : line));
                blocks.Add(new MarkdownBlock(section, i + 1, words[0], words.Length > 1 ? words[1] : "", code));
                i = end;
            }
        }

        return new MarkdownFile(name, blocks);
    }
}
