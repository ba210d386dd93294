using System;
using System.IO;
using System.Linq;
using System.Management.Automation;
using PyStack.TestSupport;
using PyStack.TestSupport.Profiles;
using Xunit;

namespace PyStack.Tests.Commands;

public sealed class ExportPyProfileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly EmbeddedShell _shell = new();

    private string Collapsed => Path.Combine(_folder.Path, "x.collapsed.txt");

    private static string Expected => File.ReadAllText(Path.Combine(Repository.Root, "tests", "PowerShell", "Commands", "simple.collapsed.txt"));

    public void Dispose()
    {
        _shell.Dispose();
        _folder.Dispose();
    }

    private void Run(string script, params object[] input)
    {
        _shell.Set("folder", _folder.Path);
        _shell.Set("simple", SampleProfiles.Simple());
        _ = _shell.Run("$null = $ExecutionContext.SessionState.Path.SetLocation($folder); " + script, input);
    }

    private ErrorRecord Error(string script)
    {
        Run(script);
        return Assert.Single(_shell.Errors);
    }

    [Fact]
    public void The_format_is_what_the_end_of_the_name_means()
    {
        Run("foreach ($end in '.html', '.speedscope.json', '.gecko.json', '.pb.gz', '.collapsed.txt') { $simple | Export-PyProfile \"x$end\" }");

        Assert.Empty(_shell.Errors);
        string[] begins = [.. ((string[])["x.html", "x.speedscope.json", "x.gecko.json", "x.pb.gz", "x.collapsed.txt"]).Select(name => Convert.ToHexString(File.ReadAllBytes(Path.Combine(_folder.Path, name)).AsSpan(0, 2)))];
        Assert.Equal([Convert.ToHexString("<!"u8), Convert.ToHexString("{\""u8), Convert.ToHexString("{\""u8), "1F8B", Convert.ToHexString("py"u8)], begins);
        Assert.Equal(Expected, File.ReadAllText(Collapsed));
    }

    [Fact]
    public void Format_goes_before_the_name()
    {
        Run("$simple | Export-PyProfile x.html -Format collapsed");

        Assert.Equal(Expected, File.ReadAllText(Path.Combine(_folder.Path, "x.html")));
    }

    [Fact]
    public void Profiles_of_several_processes_are_in_one_file()
    {
        Run("$input | Export-PyProfile x.collapsed.txt", SampleProfiles.Simple(1), SampleProfiles.Simple(2));

        Assert.Equal(8, File.ReadAllLines(Collapsed).Length);
    }

    [Theory]
    [InlineData("[Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($simple))")]
    [InlineData("$simple")]
    public void What_was_serialized_gives_the_same_file(string profile)
    {
        Run($"{profile} | Export-PyProfile x.collapsed.txt");

        Assert.Empty(_shell.Errors);
        Assert.Equal(Expected, File.ReadAllText(Collapsed));
    }

    [Fact]
    public void Jobs_clixml_and_JSON_give_the_same_file() => Assert.Equal(
        new HostResult("True True True 100 3 Wall\n", "", 0),
        RealShell.Run(
            $"cd '{_folder.Path}'; $f = [PyStack.PyProfileFrame]@{{ Function = 'f'; QualifiedName = 'C.f'; File = '/a.py'; Line = 3 }}; "
            + "$s = [PyStack.PyProfileStack]@{ Count = 100; Share = 1; ThreadId = 7; ThreadName = 't'; HasGil = $true; Frames = [PyStack.PyProfileFrame[]] @($f, $f) }; "
            + "$p = [PyStack.PyProfile]@{ ProcessId = 7; ProcessName = 'py'; PythonVersion = '3.12.1'; StartedAt = [datetime]::new(2026, 11, 29, 1, 2, 3, [DateTimeKind]::Utc); DurationSeconds = 1; Rate = 100; AchievedRate = 100; Samples = 100; Torn = 3; Stacks = [PyStack.PyProfileStack[]] @($s) }; "
            + "$p | Export-PyProfile a.html; $p | Export-Clixml p.xml; Import-Clixml p.xml | Export-PyProfile b.html; , $p | ConvertTo-Json -Depth 6 -AsArray | ConvertFrom-Json | Export-PyProfile c.html; "
            + $"$p | Export-Clixml q.xml; Start-Job {{ Import-Module '{ModuleFiles.Manifest}'; Import-Clixml '{_folder.Path}/q.xml' }} | Receive-Job -Wait -AutoRemoveJob | Tee-Object -Variable j | Export-PyProfile d.html; "
            + "$h = (Get-FileHash ?.html).Hash; \"$($h[1] -eq $h[0]) $($h[2] -eq $h[0]) $($h[3] -eq $h[0]) $($j.Samples) $($j.Torn) $($j.Mode)\""));

    [Fact]
    public void A_baseline_is_compared()
    {
        _shell.Set("before", SampleProfiles.Simple(900, compute: 10));
        Run("$simple | Export-PyProfile x.folded -Baseline $before");

        Assert.StartsWith("python3;MainThread;<module> (app.py);work (app.py);App.compute (app.py) 10 40\n", File.ReadAllText(Path.Combine(_folder.Path, "x.folded")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_is_replaced_unless_NoClobber_is_given_and_a_read_only_one_only_by_Force()
    {
        File.WriteAllText(Collapsed, "old");
        Assert.StartsWith("CannotWrite,", Error("$simple | Export-PyProfile x.collapsed.txt -NoClobber").FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal("old", File.ReadAllText(Collapsed));

        File.SetUnixFileMode(Collapsed, UnixFileMode.UserRead);
        Run("$simple | Export-PyProfile x.collapsed.txt -Force");
        Assert.Equal(Expected, File.ReadAllText(Collapsed));
    }

    [Fact]
    public void WhatIf_writes_nothing_and_PassThru_gives_the_file()
    {
        Run("$simple | Export-PyProfile x.collapsed.txt -WhatIf");
        Assert.False(File.Exists(Collapsed));

        _shell.Set("folder", _folder.Path);
        Assert.Equal(Collapsed, Assert.IsType<FileInfo>(Assert.Single(_shell.Run("$simple | Export-PyProfile x.collapsed.txt -PassThru")).BaseObject).FullName);
    }

    [Theory]
    [InlineData("$simple | Export-PyProfile x.json", "InvalidArgument", "means no format")]
    [InlineData("$simple | Export-PyProfile x.html -Format svg", "InvalidArgument", "There is no format svg")]
    [InlineData("$simple | Export-PyProfile Env:x.html", "InvalidArgument", "Environment provider")]
    [InlineData("$simple | Export-PyProfile /no/such/folder/x.html", "CannotWrite", "the folder /no/such/folder cannot be opened: No such file or directory")]
    [InlineData("$null = [IO.Directory]::CreateDirectory(\"$folder/x.html\"); $simple | Export-PyProfile x.html", "CannotWrite", "is a folder")]
    [InlineData("$simple | Export-PyProfile x.gecko.json -Baseline $simple", "InvalidArgument", "cannot show the difference")]
    [InlineData("$simple.Stacks[0] | Export-PyProfile x.html", "InvalidArgument", "PyProfileStack is not a profile")]
    [InlineData("[pscustomobject]@{ Samples = 1; Stacks = 'f (a.py:1)' } | Export-PyProfile x.html", "InvalidArgument", "text only")]
    [InlineData("[pscustomobject]@{ Samples = 1; Stacks = @('f (a.py:1)') } | Export-PyProfile x.html", "InvalidArgument", "text only")]
    public void What_cannot_be_done_is_an_error_with_a_way_out(string script, string id, string message)
    {
        ErrorRecord error = Error(script);

        Assert.Equal($"{id},PyStack.ExportPyProfileCommand", error.FullyQualifiedErrorId);
        Assert.Contains(message, error.ToString(), StringComparison.Ordinal);
        Assert.NotEmpty(error.ErrorDetails.RecommendedAction);
    }

    [Fact]
    public void Nothing_to_write_is_a_warning()
    {
        Run("@() | Export-PyProfile x.html");

        Assert.Contains("There is no profile to write", Assert.Single(_shell.Streams.Warning).Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_folder.Path, "x.html")));
    }

    [Fact]
    public void Format_is_completed()
        => Assert.Equal(
            ["Html", "Speedscope", "Collapsed", "Gecko", "Pprof"],
            _shell.Run("$line = 'Export-PyProfile x -Format '; (TabExpansion2 $line $line.Length).CompletionMatches.CompletionText").Select(match => match.ToString()));
}
