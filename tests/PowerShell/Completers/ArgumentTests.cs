using System.Linq;
using System.Management.Automation;
using Xunit;

namespace PyStack.Tests.Completers;

/// <summary>Tab after each parameter, in a folder that has a file.</summary>
public sealed class ArgumentTests
{
    // PowerShell offers files wherever there is no completer; that it does so for paths is tested in tests/Pester, because this session has no commands for files.
    [Theory]
    [InlineData("Get-PyStack -Id ps", "")]
    [InlineData("Get-PyStack ps", "")]
    [InlineData("Get-PyStack -Name psnone", "")]
    [InlineData("Get-PyStack 1 -Locals -MaxValueLength ", "80 200 1000 0")]
    [InlineData("Get-PyStack 1 -Locals -MaxValueLength 2", "200")]
    [InlineData("Get-PyStack 1 -Locals -MaxValueLength p", "")]
    [InlineData("Get-PyStack 1 -Locals -RedactName ", "")]
    [InlineData("Get-PyStack 1 -Locals -RedactName iban,", "")]
    [InlineData("Get-PyProcess -Id ps", "")]
    [InlineData("Get-PyProcess psnone", "")]
    [InlineData("Test-PyStackAccess ps", "")]
    [InlineData("Format-PyStack ps", "")]
    [InlineData("Format-PyStack -InputObject ", "")]
    [InlineData("Format-PyStack $fol", "$folder")]
    [InlineData("Format-PyStack -InputObject $fol", "$folder")]
    [InlineData("Get-PyStack -Path a -No", "-NoRedact")]
    [InlineData("Get-PyStack -Name a -Inc", "-IncludeChildren")]
    public void No_files_are_offered_where_numbers_names_or_words_are_wanted(string line, string expected)
    {
        using TestSupport.TemporaryFolder folder = new();
        folder.Write("psx.core", []);
        using var shell = new EmbeddedShell();
        shell.Set("folder", folder.Path);
        shell.Run("$null = $ExecutionContext.SessionState.Path.SetLocation($folder)");
        using PowerShell pipeline = shell.NewPipeline();

        CommandCompletion completion = CommandCompletion.CompleteInput(line, line.Length, [], pipeline);

        Assert.Equal(expected, string.Join(' ', completion.CompletionMatches.Select(match => match.CompletionText)));
    }
}
