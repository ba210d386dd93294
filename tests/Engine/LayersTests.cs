using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using PyStack.Engine.Primitives;
using PyStack.Engine.Sessions;
using PyStack.Engine.Targets;
using PyStack.Engine.Targets.Core;
using PyStack.TestSupport;
using Xunit;

namespace PyStack.Engine.Tests;

/// <summary>The engine's layers, as docs/architecture.md has them: a file uses its own layer and those below.</summary>
public sealed partial class LayersTests
{
    private static readonly string Engine = Path.Combine(Repository.Root, "src", "PyStack.Engine");

    private static readonly Dictionary<string, int> Layers = new()
    {
        ["Primitives"] = 0, ["Native"] = 1, ["Memory"] = 1, ["Compression"] = 1, ["Elf"] = 2, ["Debuginfod"] = 2, ["Dwarf"] = 2, ["Processors"] = 2, ["Targets"] = 3,
        ["Unwinding"] = 4, ["Symbols"] = 4, ["Python"] = 5, ["Discovery"] = 6, ["Capture"] = 6, ["Waits"] = 6, ["Tasks"] = 6, ["Profiling"] = 7, ["Pages"] = 7, ["Reports"] = 7, ["Results"] = 7, ["Saving"] = 7, ["Sessions"] = 8,
    };

    // Not used, though they lie below.
    private static readonly (string From, string To)[] Forbidden = [("Python", "Targets.Live"), ("Python", "Targets.Core")];

    /// <summary>A namespace as a file names it: in a <c>using</c>, in full, or from the engine's own namespace on, in which every file stands.</summary>
    [GeneratedRegex(@"(?<!namespace )\bPyStack\.Engine\.([A-Z]\w*(?:\.[A-Z]\w*)*)|(?<![\w.])((?:Primitives|Native|Memory|Compression|Elf|Debuginfod|Dwarf|Processors|Targets|Unwinding|Symbols|Python|Discovery|Capture|Waits|Tasks|Profiling|Pages|Reports|Results|Saving|Sessions)\.[A-Z]\w*)")]
    private static partial Regex Named();

    [Fact]
    public void A_file_names_its_own_layer_and_those_below()
        => Assert.Empty(from use in NamedUses() where IsWrong(use.Folder, use.Used) select $"{use.File} names {use.Used}");

    /// <summary>What is only used and not named counts as well: the type of a <c>var</c>, of a property of a property, of what a method gives.</summary>
    [Fact]
    public void A_type_uses_its_own_layer_and_those_below()
        => Assert.Empty(from type in Types() from used in TypeUses.Of(type) where IsWrong(FolderOf(type), FolderOf(used)) select $"{type} uses {used}");

    [Fact]
    public void The_uses_of_a_type_are_seen()
    {
        IReadOnlyCollection<Type> uses = TypeUses.Of(typeof(StackSession));

        // A field's, a parameter's, one that a property gives and no word names, one that only a filter of exceptions asks for.
        Assert.All((Type[])[typeof(CoreProcess), typeof(IEngineLog), typeof(MemoryMap), typeof(EngineException)], type => Assert.Contains(type, uses));
    }

    [Fact]
    public void The_model_depends_on_nothing()
    {
        Assert.Empty(NamedUses().Where(use => use.Folder == "Model").Select(use => $"{use.File} names {use.Used}"));
        Assert.Empty(from type in Types() where FolderOf(type) == "Model" from used in TypeUses.Of(type) where FolderOf(used) != "Model" select $"{type} uses {used}");
    }

    [Fact]
    public void Every_folder_has_a_layer()
    {
        string[] folders = [.. Sources().Select(FolderOf).Where(folder => folder.Length > 0).Select(folder => folder.Split('.')[0]).Distinct()];

        Assert.Contains("Sessions", folders);
        Assert.Empty(folders.Except([.. Layers.Keys, "Model"]));
    }

    [Fact]
    public void A_namespace_is_named_as_its_folder()
    {
        foreach (string file in Sources().Where(file => FolderOf(file).Length > 0 && !Within(FolderOf(file), "Model")))
        {
            Assert.Contains($"\nnamespace PyStack.Engine.{FolderOf(file)};", "\n" + File.ReadAllText(file), StringComparison.Ordinal);
        }
    }

    private static IEnumerable<(string File, string Folder, string Used)> NamedUses()
        => from file in Sources()
           from use in Named().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Success ? match.Groups[1].Value : match.Groups[2].Value).Distinct()
           where FolderOf(file).Length > 0
           select (Path.GetRelativePath(Engine, file), FolderOf(file), use);

    // Those that are nested count with the type that they are nested in; what the compiler makes for all stands in no namespace.
    private static IEnumerable<Type> Types()
        => typeof(EngineError).Assembly.GetTypes().Where(type => !type.IsNested && FolderOf(type).Length > 0);

    private static string FolderOf(Type type) => type.Namespace switch
    {
        "PyStack" => "Model",
        string name when name.StartsWith("PyStack.Engine.", StringComparison.Ordinal) => name["PyStack.Engine.".Length..],
        _ => "",
    };

    private static bool IsWrong(string folder, string used)
    {
        bool isAbove = Layers.TryGetValue(used.Split('.')[0], out int other) && Layers.TryGetValue(folder.Split('.')[0], out int own) && other > own;
        return isAbove || Forbidden.Any(rule => Within(folder, rule.From) && Within(used, rule.To));
    }

    private static IEnumerable<string> Sources()
        => Directory.EnumerateFiles(Engine, "*.cs", SearchOption.AllDirectories)
            .Where(file => Path.GetRelativePath(Engine, file).Split('/')[0] is not ("bin" or "obj"));

    private static string FolderOf(string file)
        => Path.GetDirectoryName(Path.GetRelativePath(Engine, file))!.Replace('/', '.');

    private static bool Within(string name, string space) => name == space || name.StartsWith(space + ".", StringComparison.Ordinal);
}
