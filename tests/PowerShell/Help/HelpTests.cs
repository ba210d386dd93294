using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Reflection;
using PyStack.HelpBuilder;
using PyStack.Package;
using PyStack.TestSupport;
using Xunit;

namespace PyStack.Tests.Help;

public sealed class HelpTests
{
    private static string MarkdownOf(string cmdlet) => File.ReadAllText(Path.Combine(Repository.Root, "docs", "help", "en-US", cmdlet + ".md"));

    private static HelpPage PageOf(string cmdlet) => HelpPageReader.Read(MarkdownOf(cmdlet));

    private static IEnumerable<ParameterMetadata> ParametersOf(string cmdlet) => ModuleCmdlets.All[cmdlet].Parameters.Values
        .Where(p => !PSCmdlet.CommonParameters.Contains(p.Name) && !PSCmdlet.OptionalCommonParameters.Contains(p.Name));

    [Theory]
    [MemberData(nameof(ModuleCmdlets.Names), MemberType = typeof(ModuleCmdlets))]
    public void The_page_and_the_cmdlet_name_the_address_of_the_page_in_the_projects_home(string cmdlet)
    {
        string published = $"{ModuleManifest.Read(ModuleFiles.Manifest).ProjectUri}/blob/main/docs/help/en-US/{cmdlet}.md";
        Assert.Equal(published, PageOf(cmdlet).HelpUri);
        Assert.Equal(published, ModuleCmdlets.All[cmdlet].ImplementingType.GetCustomAttribute<CmdletAttribute>()!.HelpUri);
    }

    [Fact]
    public void Update_Help_refers_to_the_published_pages_and_Get_Help_opens_them()
    {
        // .NET opens an address by xdg-open.
        using var folder = new TemporaryFolder();
        string opener = folder.Write("xdg-open", "#!/bin/sh\necho \"$1\" > \"$0.opened\"\n"u8.ToArray());
        File.SetUnixFileMode(opener, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        HostResult result = RealShell.Run(
            "$ErrorView = 'ConciseView'; Update-Help PyStack -UICulture en-US -ErrorVariable failed -ErrorAction SilentlyContinue; $failed.FullyQualifiedErrorId; \"$failed\"; Get-Help Get-PyStack -Online; "
            + $"while (-not (Get-Content '{opener}.opened' -ErrorAction Ignore)) {{ Start-Sleep -Milliseconds 20 }}; Get-Content '{opener}.opened'",
            new Dictionary<string, string?> { ["PATH"] = folder.Path + ":" + Environment.GetEnvironmentVariable("PATH"), ["HOME"] = folder.Path });
        Assert.Equal("", result.Error);
        Assert.StartsWith("HelpInfoUriNotFound,Microsoft.PowerShell.Commands.UpdateHelpCommand\n", result.Output);
        Assert.Contains("does not support updatable help. Use Get-Help -Online", result.Output);
        Assert.EndsWith("\n" + PageOf("Get-PyStack").HelpUri + "\n", result.Output);
    }

    [Theory]
    [MemberData(nameof(ModuleCmdlets.Names), MemberType = typeof(ModuleCmdlets))]
    public void Every_parameter_is_described_and_no_other(string cmdlet)
        => Assert.Equal(ParametersOf(cmdlet).Select(p => p.Name).Order(), PageOf(cmdlet).Parameters.Select(p => p.Name).Order());

    [Theory]
    [MemberData(nameof(ModuleCmdlets.Names), MemberType = typeof(ModuleCmdlets))]
    public void Types_aliases_and_bindings_are_those_of_the_cmdlet(string cmdlet) => Assert.All(ParametersOf(cmdlet), actual =>
    {
        HelpParameter described = PageOf(cmdlet).Parameters.Single(p => p.Name == actual.Name);
        Assert.Equal(actual.ParameterType.FullName, described.Type);
        Assert.Equal(actual.Aliases, described.Aliases);
        Assert.Equal(actual.Attributes.OfType<SupportsWildcardsAttribute>().Any(), described.SupportsWildcards);
        Assert.NotEmpty(described.Description);
        Assert.Equal(DefaultOf(cmdlet, actual), described.DefaultValue);
        Assert.Equal(
            actual.ParameterSets.Select(set => new HelpParameterSet(
                set.Key == ParameterAttribute.AllParameterSets ? "(All)" : set.Key,
                set.Value.Position == int.MinValue ? "Named" : $"{set.Value.Position}",
                set.Value.IsMandatory,
                set.Value.ValueFromPipeline,
                set.Value.ValueFromPipelineByPropertyName)),
            described.Sets);
    });

    // What the property holds in a cmdlet that nothing was bound to; no text for what has no value that one could type.
    private static string DefaultOf(string cmdlet, ParameterMetadata parameter)
        => ModuleCmdlets.All[cmdlet].ImplementingType.GetProperty(parameter.Name)!.GetValue(Activator.CreateInstance(ModuleCmdlets.All[cmdlet].ImplementingType)) switch
        {
            SwitchParameter value => value.IsPresent ? "True" : "False",
            int value => value.ToString(System.Globalization.CultureInfo.InvariantCulture),
            Array { Length: 0 } or null => "",
            PyTaskKind[] kinds => string.Join(", ", kinds),
            TimeSpan value => value.ToString("c", System.Globalization.CultureInfo.InvariantCulture),
            Enum value => value.ToString(),
            object value => throw new NotSupportedException($"{parameter.Name} is {value.GetType()}"),
        };

    [Theory]
    [MemberData(nameof(ModuleCmdlets.Names), MemberType = typeof(ModuleCmdlets))]
    public void The_syntax_is_the_cmdlets(string cmdlet) => Assert.All(ModuleCmdlets.All[cmdlet].ParameterSets, set =>
    {
        Assert.Contains($"\n### {set.Name}{(set.IsDefault && set.Name != ParameterAttribute.AllParameterSets ? " (Default)" : "")}\n\n```\n{cmdlet} {set}\n```\n", MarkdownOf(cmdlet));
    });

    [Theory]
    [MemberData(nameof(ModuleCmdlets.Names), MemberType = typeof(ModuleCmdlets))]
    public void The_syntaxes_stand_in_the_order_that_Get_Command_has(string cmdlet)
        => Assert.Equal(ModuleCmdlets.All[cmdlet].ParameterSets.Select(set => set.Name), PageOf(cmdlet).SyntaxSets);

    [Fact]
    public void An_example_shows_what_its_command_shows()
    {
        HostResult result = HostRun.Run("Get-Help Get-PyProcess -Examples | Out-String -Width 250");
        Assert.Contains("    1140 uwsgi           3.11.7   root       [4f1c2d9a8b7e] uwsgi --ini app.ini", result.Output);
    }

    [Theory]
    [MemberData(nameof(ModuleCmdlets.Names), MemberType = typeof(ModuleCmdlets))]
    public void Outputs_are_those_that_the_cmdlet_declares(string cmdlet)
        => Assert.Equal(ModuleCmdlets.All[cmdlet].OutputType.Select(t => t.Name), PageOf(cmdlet).Outputs.Select(t => t.Name));

    [Theory]
    [MemberData(nameof(ModuleCmdlets.Names), MemberType = typeof(ModuleCmdlets))]
    public void There_are_examples_and_they_parse(string cmdlet)
    {
        Assert.True(PageOf(cmdlet).Examples.Count >= 3);
        Assert.All(PageOf(cmdlet).Examples, example =>
        {
            Parser.ParseInput(example.Code, out _, out ParseError[] errors);
            Assert.Empty(errors);
            Assert.NotEmpty(example.Remarks);
        });
    }

    [Fact]
    public void All_error_ids_are_listed()
    {
        string notes = string.Join('\n', PageOf("Get-PyStack").Notes);
        Assert.All(Enum.GetNames<EngineError>(), name => Assert.Contains($"- {name}: ", notes));
    }

    [Theory]
    [InlineData("## SYNOPSIS", "section SYNOPSIS is missing")]
    [InlineData("  IsRequired: true\n", "'IsRequired'")]
    [InlineData("HelpUri:", "'HelpUri'")]
    [InlineData("Aliases: [", "While parsing a block mapping")]
    [InlineData("```powershell", "has no ```powershell block")]
    public void A_page_that_lacks_something_is_refused_with_its_name(string removed, string message)
        => Assert.Contains(message, Assert.Throws<FormatException>(() => HelpPageReader.Read(MarkdownOf("Get-PyStack").Replace(removed, ""))).Message);

    [Theory]
    [InlineData("Get-PyStack", "[-Id] <int[]> [-Count <int>] [-Exhaustive] [-IncludeChildren] [-Interval <TimeSpan>] [-Locals] [-MaxValueLength <int>] [-Native] [-NativeAll] [-NativeLast] [-NoBlock] [-NoRedact] [-RedactName <string[]>]")]
    [InlineData("Get-PyStack", "-Name <string[]> [-Count <int>] [-Exhaustive] [-IncludeChildren] [-Interval <TimeSpan>] [-Locals] [-MaxValueLength <int>] [-Native] [-NativeAll] [-NativeLast] [-NoBlock] [-NoRedact] [-RedactName <string[]>]")]
    [InlineData("Get-PyStack", "-Path <string[]> [-Executable <string>] [-Exhaustive] [-LibrarySearchPath <string[]>] [-LibrarySearchRoot <string>] [-Locals] [-MaxValueLength <int>] [-Native] [-NativeAll] [-NativeLast] [-NoRedact] [-RedactName <string[]>]")]
    [InlineData("Get-PyCore", "[-Path] <string[]> [-Executable <string>] [-LibrarySearchPath <string[]>] [-LibrarySearchRoot <string>]")]
    [InlineData("Get-PyProcess", "[[-Name] <string[]>] [-Container <string[]>] [-Pod <string[]>]")]
    [InlineData("Get-PyProcess", "-Id <int[]> [-Container <string[]>] [-Pod <string[]>]")]
    [InlineData("Get-PyTask", "[-Id] <int[]> [-Exhaustive] [-IncludeChildren] [-Kind <PyTaskKind[]>] [-Locals] [-MaxValueLength <int>] [-NoBlock] [-NoRedact] [-RedactName <string[]>] [-Tree]")]
    [InlineData("Measure-PyStack", "[-Id] <int[]> [-Duration <TimeSpan>] [-Exhaustive] [-IncludeChildren] [-Mode <PyProfileMode>] [-Native] [-Rate <int>] [-Task] [-Until <PyMeasureEnd>]")]
    [InlineData("Format-PyStack", "[-InputObject] <PSObject[]> [-Tree]")]
    [InlineData("Test-PyStackAccess", "[-Id] <int[]>")]
    public void Get_Help_shows_the_page(string cmdlet, string syntax)
    {
        HelpPage page = PageOf(cmdlet);
        HostResult result = HostRun.Run($"Get-Help {cmdlet} -Full | Out-String -Width 4000");
        Assert.Equal("", result.Error);
        Assert.Contains("\n    " + page.Synopsis + "\n", TrimmedLines(result.Output));
        Assert.Contains($"\n    {cmdlet} {syntax} [<CommonParameters>]\n", TrimmedLines(result.Output));
        Assert.All(page.Parameters, p => Assert.Contains($"\n    -{p.Name}", result.Output));
        Assert.All(page.Parameters, p => Assert.Contains(p.Description[0], result.Output));
        Assert.All(page.Examples, e => Assert.Contains(e.Title, result.Output));
        Assert.All(page.Outputs, t => Assert.Contains(t.Name, result.Output));
        Assert.All(page.Links, l => Assert.Contains(l.Text, result.Output));
    }

    [Theory]
    [InlineData("about_PyStack")]
    public void Get_Help_shows_the_topic(string topic)
    {
        HostResult result = HostRun.Run($"Get-Help {topic}");
        Assert.Equal("", result.Error);
        Assert.StartsWith(
            """
            TOPIC
                about_PyStack

            SHORT DESCRIPTION
                Shows the Python stacks of running processes and of core files as objects,
                without running code in the target or writing to its memory.

            LONG DESCRIPTION
                PyStack has twelve cmdlets:

                - Get-PyStack returns one object for each Python thread of a process or of
            """,
            result.Output);
        Assert.Contains("\n        Get-PyProcess | Get-PyStack\n", result.Output);
        Assert.All(result.Output.Split('\n').Where(line => !line.StartsWith("        ", StringComparison.Ordinal)), line => Assert.True(line.Length <= 80, line));
    }

    [Fact]
    public void The_topic_tells_of_modes_statuses_permissions_and_of_what_is_never_done()
    {
        string text = AboutTopicWriter.Write(MarkdownOf("about_PyStack"));
        Assert.All((string[])["Modes", "Statuses", "Permissions", "What is never done to the target"], part => Assert.Contains($"\n  {part}\n    ", text));
        Assert.All((string[])["Has the GIL", "Waiting for the GIL", "Dropping the GIL", "Garbage collecting", "Thread terminated"], status => Assert.Contains($"\n    - {status}: ", text));
        Assert.All(ModuleCmdlets.All.Keys, name => Assert.Contains($"\n    - {name} ", text));
    }

    [Fact]
    public void A_topic_without_a_short_description_is_refused()
        => Assert.Contains("Short description is missing", Assert.Throws<FormatException>(() => AboutTopicWriter.Write("# about_X\n\n## Long description\n\nx\n")).Message);

    private static string TrimmedLines(string text) => string.Join('\n', text.Split('\n').Select(line => line.TrimEnd()));
}
