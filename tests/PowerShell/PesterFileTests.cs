using System;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;
using PyStack.TestSupport;
using Xunit;

namespace PyStack.Tests;

/// <summary>The Pester tests need pwsh and Pester to run; here they must at least parse, and call only what there is.</summary>
public sealed class PesterFileTests
{
    public static TheoryData<string> Scripts =>
    [
        .. Directory.GetFiles(Path.Combine(Repository.Root, "tests", "Pester"), "*.ps1").Append(Path.Combine(Repository.Root, "build.ps1"))
            .Select(path => Path.GetRelativePath(Repository.Root, path)),
    ];

    [Theory]
    [MemberData(nameof(Scripts))]
    public void It_parses(string script)
    {
        Parser.ParseFile(Path.Combine(Repository.Root, script), out _, out ParseError[] errors);
        Assert.Empty(errors);
    }

    [Theory]
    [MemberData(nameof(Scripts))]
    public void It_uses_only_parameters_that_exist(string script)
    {
        ScriptBlockAst file = Parser.ParseFile(Path.Combine(Repository.Root, script), out _, out _);
        foreach (CommandAst command in file.FindAll(ast => ast is CommandAst, searchNestedScriptBlocks: true).Cast<CommandAst>())
        {
            string name = command.GetCommandName() ?? "";
            if ((name.Contains("PyStack", StringComparison.OrdinalIgnoreCase) || name.Contains("PyProcess", StringComparison.OrdinalIgnoreCase) || name.Contains("PyCore", StringComparison.OrdinalIgnoreCase))
                && name.Contains('-', StringComparison.Ordinal))
            {
                Assert.True(ModuleCmdlets.All.TryGetValue(name, out CmdletInfo? cmdlet), $"{script}: {name} is no command of the module");
                Assert.All(
                    command.CommandElements.OfType<CommandParameterAst>(),
                    parameter => Assert.Contains(cmdlet.Parameters.Keys, key => key.StartsWith(parameter.ParameterName, StringComparison.OrdinalIgnoreCase)));
            }
        }
    }

    [Fact]
    public void Every_cmdlet_has_a_file() => Assert.All(
        ModuleCmdlets.All.Keys, name => Assert.True(File.Exists(Path.Combine(Repository.Root, "tests", "Pester", name + ".Tests.ps1"))));
}
