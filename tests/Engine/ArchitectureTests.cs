using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using PyStack.TestSupport;
using Xunit;

namespace PyStack.Engine.Tests;

/// <summary>docs/architecture.md says where things are: what it names is there, and no folder of the engine is missing.</summary>
public sealed partial class ArchitectureTests
{
    private static readonly string Text = File.ReadAllText(Path.Combine(Repository.Root, "docs", "architecture.md"));

    // A build of another project may run.
    private static readonly EnumerationOptions Everything = new() { RecurseSubdirectories = true, IgnoreInaccessible = true };

    /// <summary>A file or folder: <c>LiveProcess.cs</c>, <c>Targets/Live/LiveProcess.cs</c>, <c>Python/Layouts/</c>.</summary>
    [GeneratedRegex(@"`([\w./-]+(?:\.cs|\.sh|\.ps1xml|\.targets|/))`")]
    private static partial Regex Named();

    [Fact]
    public void What_it_names_is_there()
    {
        List<string> paths = [];
        foreach (string folder in (string[])["src", "tests", "bench", "docs"])
        {
            paths.Add($"/{folder}/");
            foreach (string path in Directory.EnumerateFileSystemEntries(Path.Combine(Repository.Root, folder), "*", Everything))
            {
                paths.Add("/" + Path.GetRelativePath(Repository.Root, path) + (Directory.Exists(path) ? "/" : ""));
            }
        }

        string[] named = [.. Named().Matches(Text).Select(match => match.Groups[1].Value).Where(name => !name.StartsWith("out/", StringComparison.Ordinal)).Distinct()];

        Assert.InRange(named.Length, 50, 1000);
        Assert.All(named, name => Assert.Contains(paths, path => path.EndsWith("/" + name, StringComparison.Ordinal)));
    }

    [Fact]
    public void It_names_every_folder_of_the_engine()
    {
        string engine = Path.Combine(Repository.Root, "src", "PyStack.Engine");
        IEnumerable<string> folders = Directory.EnumerateDirectories(engine, "*", SearchOption.AllDirectories)
            .Select(folder => Path.GetRelativePath(engine, folder) + "/")
            .Where(folder => folder.Split('/')[0] is not ("bin" or "obj") && Directory.EnumerateFiles(Path.Combine(engine, folder), "*.cs").Any());

        // A folder may be named below the one that it stands in.
        Assert.All(folders, folder => Assert.True(
            Text.Contains($"`{folder}`", StringComparison.Ordinal) || Text.Contains($"`{Path.GetFileName(folder.TrimEnd('/'))}/`", StringComparison.Ordinal), folder));
    }
}
