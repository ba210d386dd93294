using System.Text;
using PyStack.TestSupport;
using Xunit;

namespace PyStack.Tests.Host;

public sealed class ExitCodeTests
{
    [Theory]
    [InlineData("'fine'", 0)]
    [InlineData("exit 7", 7)]
    [InlineData("Get-PyStack -Id 0; 'goes on'", 1)]
    [InlineData("Get-PyStack -Id 0; exit 0", 0)]
    [InlineData("'an Out-Default of its own' | Out-Default; exit 3", 3)]
    [InlineData("throw 'x'", 1)]
    [InlineData("No-SuchCommand", 1)]
    [InlineData("try { Get-PyStack -Id 0 -ErrorAction Stop } catch { 'caught' }", 0)]
    [InlineData("Get-PyStack -Id 0 -ErrorAction SilentlyContinue", 0)]
    [InlineData("Get-PyStack -Id 0 2>$null", 0)]
    [InlineData("sh -c 'exit 5'; exit $LASTEXITCODE", 5)]
    public void The_exit_code_tells_of_errors_and_of_exit(string command, int exitCode)
        => Assert.Equal(exitCode, HostRun.Run(command).ExitCode);

    /// <summary>What a user of pwsh types out of habit.</summary>
    [Theory]
    [InlineData("2\n", "", 0, "-c", "1+1")]
    [InlineData("2\n", "", 0, "-NoProfile", "-NonInteractive", "-Command", "1+1")]
    [InlineData("-1\n", "", 0, "-1")]
    [InlineData("", "-Command needs a command", 64, "-nop", "-c")]
    [InlineData("", "-ExecutionPolicy is not known", 64, "-ExecutionPolicy", "Bypass")]
    public void Words_of_pwsh_are_taken_as_it_takes_them_or_refused(string output, string error, int exitCode, params string[] words)
    {
        HostResult result = HostRun.Run(words);
        Assert.Equal((output, exitCode), (result.Output, result.ExitCode));
        Assert.Contains(error, result.Error, System.StringComparison.Ordinal);
    }

    [Fact]
    public void The_version_is_that_of_both()
        => Assert.Matches(@"^PyStack \d+\.\d+\.\d+, PowerShell 7\.\d+\.\d+\n$", HostRun.Run("--version").Output);

    [Theory]
    [InlineData("exit 7", 7)]
    [InlineData("Get-PyStack -Id 0; 'goes on'", 1)]
    [InlineData("Get-PyStack -Id 0; exit 0", 0)]
    [InlineData("throw 'x'", 1)]
    [InlineData("if (", 1)]
    public void So_does_that_of_a_script(string script, int exitCode)
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("script.ps1", Encoding.UTF8.GetBytes(script));
        Assert.Equal(exitCode, HostRun.Run("-File", path).ExitCode);
    }
}
