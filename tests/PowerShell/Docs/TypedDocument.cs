using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using PyStack.TestSupport;
using Xunit;

namespace PyStack.Tests.Docs;

/// <summary>What came of one command of a document.</summary>
/// <param name="Result"><c>done</c> or <c>failed: …</c>.</param>
internal sealed record TypedCommand(string Block, string Command, string Output, string Result);

/// <summary>Types the commands of a document in PID and mount namespaces of their own.</summary>
internal static class TypedDocument
{
    /// <param name="stage">What the namespaces have, as scene.sh describes it.</param>
    /// <param name="blocks">The document's blocks.</param>
    /// <param name="inHost">In our host, though there is a pwsh.</param>
    public static List<TypedCommand> Type(string stage, IEnumerable<MarkdownBlock> blocks, bool inHost = false)
    {
        Namespaces.SkipWithout();
        using var folder = new TemporaryFolder();
        string code = Directory.CreateDirectory(Path.Combine(folder.Path, "code")).FullName;
        string place = Directory.CreateDirectory(Path.Combine(folder.Path, "place")).FullName;
        foreach (string shared in (string[])["docs", "out"])
        {
            Directory.CreateSymbolicLink(Path.Combine(place, shared), Path.Combine(Repository.Root, shared));
        }

        int number = 0;
        bool isImported = false;
        foreach (MarkdownBlock block in blocks.Where(b => b.IsTyped))
        {
            isImported |= block.Code.Contains("Import-Module ./out/PyStack", StringComparison.Ordinal);
            File.WriteAllText(Path.Combine(code, $"{++number:000}.{(block.Language == "sh" ? "sh" : "ps1")}"), block.Code + "\n");
        }

        bool builds = Directory.GetFiles(code, "*.sh").Any(file => File.ReadAllText(file).Contains("dotnet ", StringComparison.Ordinal));
        string? pwsh = inHost ? null : RealShell.Pwsh;
        string output = builds ? DotnetRun.Alone(() => Run(stage, code, place, pwsh, isImported)) : Run(stage, code, place, pwsh, isImported);
        return Parse(output.Replace(place + "/", "", StringComparison.Ordinal));
    }

    /// <summary>Asserts that nothing failed.</summary>
    public static void AssertDone(string document, List<TypedCommand> commands)
        => Assert.All(commands, command => Assert.True(command.Result == "done", $"{document}: {command.Command}\n{command.Output}\n{command.Result}"));

    private static string Run(string stage, string code, string place, string? pwsh, bool importsItself)
    {
        string here = Path.Combine(Repository.Root, "tests", "PowerShell", "Docs");
        string[] shell = pwsh is not null
            ? [pwsh, "-NoProfile", "-NonInteractive", "-Command", $"$PSStyle.OutputRendering = 'PlainText'; {(importsItself ? "" : $"Import-Module '{ModuleFiles.Manifest}'; ")}. '{here}/type.ps1' '{code}' '{Repository.Root}'"]
            : [HostRun.DotnetProgram, ModuleFiles.HostProgram, "-File", Path.Combine(here, "type.ps1"), code, Repository.Root];
        ProcessStartInfo start = TestSupport.Targets.Commands.Quiet([.. Namespaces.New, "sh", Path.Combine(here, "scene.sh"), stage, .. shell]);
        start.WorkingDirectory = place;
        start.Environment["PROGRAM"] = Path.Combine(here, "scene.py");
        RealShell.Prepare(start);
        DotnetRun.Prepare(start);
        (string output, string error, int exitCode) = ProcessRun.Run(start, TimeSpan.FromMinutes(5));
        Assert.True(exitCode == 0 && output.Contains("=== ", StringComparison.Ordinal), $"exit code {exitCode}: {output}{error}");
        return output;
    }

    private static List<TypedCommand> Parse(string output)
    {
        var commands = new List<TypedCommand>();
        string[] parts = ("\n" + output).Split("\n=== ");
        for (int i = 1; i + 1 < parts.Length; i += 2)
        {
            string[] lines = parts[i].Split('\n');
            int typed = lines.Skip(1).TakeWhile(line => line.StartsWith("> ", StringComparison.Ordinal)).Count();
            commands.Add(new TypedCommand(
                lines[0],
                string.Join('\n', lines[1..(typed + 1)].Select(line => line[2..])),
                string.Join('\n', lines[(typed + 1)..]),
                parts[i + 1].Split('\n')[0]));
        }

        return commands;
    }
}
