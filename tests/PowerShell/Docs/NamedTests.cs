using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using PyStack.TestSupport;
using Xunit;

namespace PyStack.Tests.Docs;

/// <summary>Tests that a document names as `ClassTests` or `ClassTests.A_sentence`: one that is renamed or removed must not leave its promise behind.</summary>
internal static partial class NamedTests
{
    // By text and not by reflection: the tests of the engine are an assembly of their own.
    private static readonly ILookup<string, string> Sources = new[] { "Engine", "PowerShell", "Pages" }
        .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Repository.Root, "tests", folder), "*Tests.cs", SearchOption.AllDirectories))
        .ToLookup(file => Path.GetFileNameWithoutExtension(file), File.ReadAllText);

    /// <summary>Whether a text names a test.</summary>
    public static bool IsIn(string text) => Name().IsMatch(text);

    /// <summary>Checks that each test that a text names exists.</summary>
    /// <param name="least">How many it names at least, so that a change of its form does not pass for none.</param>
    public static void AssertExist(string text, int least)
    {
        Match[] named = [.. Name().Matches(text).Cast<Match>()];
        Assert.True(named.Length >= least, $"{named.Length} tests are named, not {least}");
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

    [GeneratedRegex(@"`(?<class>\w+Tests)(?:\.(?<method>\w+))?`")]
    private static partial Regex Name();
}
