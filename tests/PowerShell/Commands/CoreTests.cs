using System;
using System.Diagnostics;
using System.IO;
using PyStack.TestSupport;
using Xunit;

namespace PyStack.Tests.Commands;

/// <summary>Cores through the module and the host, with a real core of another processor; what it must show stands at the head of three_threads.py.</summary>
public sealed class CoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _core;
    private readonly string _root;

    public CoreTests()
    {
        using Process tar = Process.Start("tar", ["xJf", Path.Combine(Repository.Root, "tests", "Engine", "Fixtures", "arm64-3.11.tar.xz"), "-C", _folder.Path]);
        tar.WaitForExit();
        Assert.Equal(0, tar.ExitCode);
        _core = Path.Combine(_folder.Path, "arm64-3.11", "core");
        _root = Path.Combine(_folder.Path, "arm64-3.11", "root");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_view_says_above_the_threads_what_the_core_tells()
    {
        HostResult result = HostRun.Run($"Get-PyStack -Path '{_core}' -LibrarySearchRoot '{_root}' | Out-String -Width 250");

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        string[] lines = result.Output.Trim('\n').Split('\n');
        Assert.StartsWith($"Core {_core}, Python 3.11.", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("    executable: python3", lines[1], StringComparison.Ordinal);
        Assert.StartsWith("    pid: ", lines[2], StringComparison.Ordinal);
        Assert.StartsWith("    The process died due to receiving signal SIGABRT", lines[3], StringComparison.Ordinal);
        Assert.Contains("in inner\n", result.Output, StringComparison.Ordinal);
        Assert.Contains("in sleeper_deep\n", result.Output, StringComparison.Ordinal);
        Assert.Contains("in spin_gen\n", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Get-PyStack -Path '{0}*' -LibrarySearchRoot '{1}'")]
    [InlineData("Get-PyStack -LiteralPath '{0}' -LibrarySearchRoot '{1}'")]
    [InlineData("Get-PyStack -Path '{0}','{0}' -LibrarySearchRoot '{1}'")]
    [InlineData("[pscustomobject]@{{ PSPath = '{0}' }} | Get-PyStack -LibrarySearchRoot '{1}'")]
    [InlineData("[IO.FileInfo]'{0}' | Get-PyStack -LibrarySearchRoot '{1}'")]
    [InlineData("'{0}' | Get-PyStack -LibrarySearchRoot '{1}'")]
    [InlineData("Get-PyCore '{0}' -LibrarySearchRoot '{1}' | Get-PyStack -LibrarySearchRoot '{1}'")]
    [InlineData("Get-PyStack -Path '{0}' -LibrarySearchRoot '{1}' -NativeAll -Locals -Exhaustive")]
    public void Cores_bind_in_all_ways_and_each_is_read_once(string command)
    {
        HostResult result = HostRun.Run($"@({string.Format(null, command, _core, _root)}) | ForEach-Object {{ \"$($_.Source) $($_.Path) $($_.IsCoherent) $($_.Pause.Ticks)\" }}");

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        string line = $"Core {_core} True 0\n";
        Assert.Equal(line + line + line, result.Output);
    }

    [Fact]
    public void Get_PyCore_tells_what_the_notes_tell()
    {
        HostResult result = HostRun.Run(
            $"$c = Get-PyCore '{_core}' -LibrarySearchRoot '{_root}'; \"$($c.Architecture) $($c.Signal) $($c.SignalName) $($c.Threads) $($c.PythonVersion.Substring(0, 4)) $($c.State.Length) $($c.UserId)\"; $c.Reason; \"$(@($c.Files | Where-Object IsFound -EQ $false).Count)\"; $c");

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        string[] lines = result.Output.Split('\n');
        Assert.Equal("aarch64 6 SIGABRT 3 3.11 1 0", lines[0]);
        Assert.StartsWith("The process died due to receiving signal SIGABRT", lines[1], StringComparison.Ordinal);
        Assert.Equal("0", lines[2]);
        Assert.Contains("\nReason ", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Get-PyStack -Path '{0}.none'", "CoreNotFound", "ObjectNotFound")]
    [InlineData("Get-PyCore '{0}.none'", "CoreNotFound", "ObjectNotFound")]
    [InlineData("Get-PyStack -Path '{0}' -Executable '{0}.none'", "ExecutableNotFound", "ObjectNotFound")]
    [InlineData("Get-PyStack -Path '{0}' -LibrarySearchRoot /nowhere", "ExecutableNotFound", "ObjectNotFound")]
    [InlineData("Get-PyStack -LiteralPath /etc/passwd", "InvalidCore", "InvalidData")]
    [InlineData("Get-PyStack -Path '{0}' -LibrarySearchRoot / -LibrarySearchPath /", "ExclusiveSearches", "InvalidArgument")]
    public void What_cannot_be_read_is_an_error_with_a_way_out(string command, string id, string category)
    {
        HostResult result = HostRun.Run($"try {{ $ErrorActionPreference = 'Stop'; {string.Format(null, command, _core)} }} catch {{ \"$($_.FullyQualifiedErrorId) $($_.CategoryInfo.Category) $($_.ErrorDetails.RecommendedAction.Length -gt 20)\" }}");
        Assert.Matches($"(^|\n){id},\\S+ {category} True\n$", result.Output);
    }

    [Fact]
    public void A_wildcard_may_fit_nothing()
        => Assert.Equal((0, "", ""), HostRun.Run($"Get-PyStack -Path '{_core}.none*'") is { } result ? (result.ExitCode, result.Output, result.Error) : default);
}
