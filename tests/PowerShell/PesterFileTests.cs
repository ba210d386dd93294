using System;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Text.Json;
using PyStack.TestSupport;
using Xunit;

namespace PyStack.Tests;

/// <summary>The Pester tests need pwsh and Pester to run; here they must at least parse, and call only what there is.</summary>
public sealed class PesterFileTests
{
    public static TheoryData<string> Scripts =>
    [
        .. Directory.GetFiles(Path.Combine(Repository.Root, "tests", "Pester"), "*.ps1").Append(Path.Combine(Repository.Root, "build.ps1"))
                .Append(Path.Combine(Repository.Root, "tests", "PowerShell", "Docs", "type.ps1"))
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

    /// <summary>The versions that tests/pwsh.sh brings.</summary>
    [Theory]
    [InlineData("5.9.1")]
    [InlineData("6.2.0")]
    public void They_pass_in_a_real_pwsh(string pester)
    {
        // They look at all Python processes, which must not be those of other tests.
        HostResult result = RealShell.Run(
            $"Import-Module Pester -RequiredVersion {pester} -ErrorAction Ignore; if (-not (Get-Module Pester)) {{ 'absent'; return }}; "
            + $"$r = Invoke-Pester -Path '{Repository.Root}/tests/Pester' -PassThru; \"$($r.Version): $($r.FailedCount + $r.FailedContainersCount) failed, $($r.PassedCount -gt 40) passed\"",
            null,
            Namespaces.AreAllowed ? Namespaces.New : []);
        Assert.SkipWhen(result.Output == "absent\n", $"there is no Pester {pester} for pwsh");
        Assert.True(result.Output.EndsWith($"\n{pester}: 0 failed, True passed\n", StringComparison.Ordinal), result.Output + result.Error);
    }

    [Fact]
    public void The_tool_manifest_brings_the_pwsh_whose_engine_we_build_against()
    {
        using JsonDocument manifest = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Repository.Root, ".config", "dotnet-tools.json")));
        JsonElement tool = manifest.RootElement.GetProperty("tools").GetProperty("powershell");
        Assert.Equal("pwsh", Assert.Single(tool.GetProperty("commands").EnumerateArray()).GetString());
        Assert.Contains($"<PowerShellVersion>{tool.GetProperty("version").GetString()}</PowerShellVersion>", File.ReadAllText(Path.Combine(Repository.Root, "Directory.Packages.props")));
    }

    [Fact]
    public void The_analyzers_settings_are_a_data_file_that_names_its_rules()
    {
        ScriptBlockAst file = Parser.ParseFile(Path.Combine(Repository.Root, "PSScriptAnalyzerSettings.psd1"), out _, out ParseError[] errors);
        Assert.Empty(errors);
        var settings = (System.Collections.Hashtable)file.Find(ast => ast is HashtableAst, searchNestedScriptBlocks: false).SafeGetValue();
        Assert.Equal(["ExcludeRules", "Rules", "Severity"], settings.Keys.Cast<string>().Order());
        Assert.All(((System.Collections.Hashtable)settings["Rules"]!).Keys.Cast<string>(), rule => Assert.StartsWith("PS", rule));
    }

    [Fact]
    public void PSScriptAnalyzer_finds_nothing()
    {
        RealShell.SkipWithout("PSScriptAnalyzer", "1.21.0");
        Assert.Equal(new HostResult("", "", 0), RealShell.Run($"Set-Location '{Repository.Root}'; Invoke-ScriptAnalyzer -Path . -Recurse -Settings ./PSScriptAnalyzerSettings.psd1"));
    }

    [Theory]
    [InlineData("Help", "Microsoft.PowerShell.PlatyPS")]
    [InlineData("Pester", "Pester")]
    public void A_task_whose_tool_is_missing_is_refused_with_what_to_do(string task, string tool)
    {
        HostResult result = RealShell.Run($"$env:PSModulePath = $PSHOME + '/Modules'; try {{ & '{Repository.Root}/build.ps1' -Task {task} }} catch {{ [string] $_ }}");
        Assert.StartsWith($"This task needs {tool} ", result.Output);
        Assert.Contains($" or newer, which is not installed. Install-PSResource {tool} brings it. ", result.Output);
    }

    [Fact]
    public void Every_cmdlet_has_a_file() => Assert.All(
        ModuleCmdlets.All.Keys, name => Assert.True(File.Exists(Path.Combine(Repository.Root, "tests", "Pester", name + ".Tests.ps1"))));
}
