using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using PyStack.TestSupport;
using Xunit;

namespace PyStack.Engine.Tests;

/// <summary>The engine's floors, as docs/architecture.md has them: a file uses its own floor and those below.</summary>
public sealed partial class FloorsTests
{
    private static readonly string Engine = Path.Combine(Repository.Root, "src", "PyStack.Engine");

    private static readonly Dictionary<string, int> Floors = new()
    {
        ["Primitives"] = 0, ["Native"] = 1, ["Memory"] = 1, ["Compression"] = 1, ["Elf"] = 2, ["Dwarf"] = 2, ["Targets"] = 3,
        ["Unwinding"] = 4, ["Symbols"] = 4, ["Python"] = 5, ["Sessions"] = 6,
    };

    // Not used, though they lie below or on the same floor.
    private static readonly (string From, string To)[] Forbidden =
        [("Python", "Targets.Live"), ("Python", "Targets.Core"), ("Dwarf", "Targets"), ("Dwarf", "Python"), ("Elf", "Targets")];

    [GeneratedRegex(@"(?<!namespace )\bPyStack\.Engine\.([A-Z]\w*(?:\.[A-Z]\w*)*)")]
    private static partial Regex Used();

    [Fact]
    public void A_file_uses_its_own_floor_and_those_below()
    {
        List<string> wrong = [];
        foreach ((string file, string folder, string used) in Uses())
        {
            string floor = used.Split('.')[0];
            bool isAbove = Floors.TryGetValue(floor, out int other) && Floors.TryGetValue(folder.Split('.')[0], out int own) && other > own;
            bool isForbidden = Forbidden.Any(rule => Within(folder, rule.From) && Within(used, rule.To));
            if (isAbove || isForbidden)
            {
                wrong.Add($"{file} uses PyStack.Engine.{used}");
            }
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public void The_model_depends_on_nothing()
        => Assert.Empty(Uses().Where(use => use.Folder == "Model").Select(use => $"{use.File} uses PyStack.Engine.{use.Used}"));

    [Fact]
    public void Every_folder_has_a_floor()
    {
        string[] folders = [.. Sources().Select(FolderOf).Where(folder => folder.Length > 0).Select(folder => folder.Split('.')[0]).Distinct()];

        Assert.Contains("Sessions", folders);
        Assert.Empty(folders.Except([.. Floors.Keys, "Model"]));
    }

    [Fact]
    public void A_namespace_is_named_as_its_folder()
    {
        foreach (string file in Sources().Where(file => FolderOf(file).Length > 0 && !Within(FolderOf(file), "Model")))
        {
            Assert.Contains($"\nnamespace PyStack.Engine.{FolderOf(file)};", "\n" + File.ReadAllText(file), StringComparison.Ordinal);
        }
    }

    private static IEnumerable<(string File, string Folder, string Used)> Uses()
        => from file in Sources()
           from use in Used().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value).Distinct()
           where FolderOf(file).Length > 0
           select (Path.GetRelativePath(Engine, file), FolderOf(file), use);

    private static IEnumerable<string> Sources()
        => Directory.EnumerateFiles(Engine, "*.cs", SearchOption.AllDirectories)
            .Where(file => Path.GetRelativePath(Engine, file).Split('/')[0] is not ("bin" or "obj"));

    private static string FolderOf(string file)
        => Path.GetDirectoryName(Path.GetRelativePath(Engine, file))!.Replace('/', '.');

    private static bool Within(string name, string space) => name == space || name.StartsWith(space + ".", StringComparison.Ordinal);
}
