using System;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Management.Automation;
using System.Text.Json;
using System.Text.RegularExpressions;
using PyStack.TestSupport;
using PyStack.TestSupport.Pages;
using PyStack.TestSupport.Profiles;
using Xunit;

namespace PyStack.Tests.Commands;

/// <summary>What becomes of the pipeline's objects; what the page shows of them is in tests/Pages.</summary>
public sealed partial class ExportPyReportTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly EmbeddedShell _shell = new();

    private string File1 => Path.Combine(_folder.Path, "x.html");

    public void Dispose()
    {
        _shell.Dispose();
        _folder.Dispose();
    }

    [GeneratedRegex("id=\"data\">([A-Za-z0-9+/=]*)</script>")]
    private static partial Regex Embedded();

    private static JsonElement Data(string file)
    {
        using var gzip = new GZipStream(new MemoryStream(Convert.FromBase64String(Embedded().Match(File.ReadAllText(file)).Groups[1].Value)), CompressionMode.Decompress);
        using JsonDocument document = JsonDocument.Parse(gzip);
        return document.RootElement.Clone();
    }

    private void Run(string script)
    {
        _shell.Set("folder", _folder.Path);
        _shell.Set("bank", (object[])[.. SampleReports.Bank(), SampleProfiles.Simple(), new PyCore { Path = "/var/crash/core.7", DumpedProcessId = 7 }]);
        _ = _shell.Run("$null = $ExecutionContext.SessionState.Path.SetLocation($folder); " + script);
    }

    private ErrorRecord Error(string script)
    {
        Run(script);
        return Assert.Single(_shell.Errors);
    }

    private static string Counts(JsonElement data)
        => string.Join(' ', ((string[])["processes", "threads", "tasks", "deadlocks"]).Select(list => data.GetProperty(list).GetArrayLength())) + (data.TryGetProperty("profile", out _) ? " profile" : "");

    [Theory]
    [InlineData("$bank", true)]
    [InlineData("[Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($bank, 3))", false)]
    public void Objects_of_all_types_and_what_was_serialized_are_in_one_page(string items, bool isLive)
    {
        Run($"{items} | Export-PyReport x.html");

        Assert.Empty(_shell.Errors);
        JsonElement data = Data(File1);
        Assert.Equal("2 11 3 1 profile", Counts(data));
        Assert.Equal(isLive ? Environment.MachineName : "", data.GetProperty("processes")[0].GetProperty("machine").GetString());
        Assert.Contains("250", data.GetProperty("threads").ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_machine_of_an_object_is_what_remoting_says_that_of_a_job_is_this_one_and_that_of_a_file_is_not_known()
    {
        Run("""
            $copies = foreach ($machine in 'web-1', 'localhost', $null) {
                $copy = [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize(@($bank)[2], 2))
                if ($machine) { $copy.PSObject.Properties.Add([psnoteproperty]::new('PSComputerName', $machine)) }
                $copy
            }
            $copies | Export-PyReport x.html
            """);

        Assert.Empty(_shell.Errors);
        Assert.Equal(["web-1", Environment.MachineName, ""], Data(File1).GetProperty("processes").EnumerateArray().Select(process => process.GetProperty("machine").GetString()!));
    }

    [Fact]
    public void Jobs_clixml_and_JSON_give_the_same_stacks() => Assert.Equal(
        new HostResult("1 1 1 1 1 1\n", "", 0),
        RealShell.Run(
            $"cd '{_folder.Path}'; $f = [PyStack.PyFrame]@{{ ProcessId = 7; ThreadId = 7; Index = 0; Function = 'f'; File = '/a.py'; Line = 3; SourceLine = '    f(1)' }}; "
            + "$t = [PyStack.PyThread]@{ ProcessId = 7; ThreadId = 7; PythonVersion = '3.12.1'; Frames = [PyStack.PyFrame[]] @($f); StackHash = 'h'; Name = 'one' }; "
            + "$t | Export-PyReport a.html; $t | Export-Clixml t.xml; Import-Clixml t.xml | Export-PyReport b.html; , $t | ConvertTo-Json -Depth 4 -AsArray | ConvertFrom-Json | Export-PyReport c.html; "
            + $"Start-Job {{ Import-Module '{ModuleFiles.Manifest}'; Import-Clixml '{_folder.Path}/t.xml' }} | Receive-Job -Wait -AutoRemoveJob | Export-PyReport d.html; "
            + "Start-ThreadJob { $using:t } | Receive-Job -Wait -AutoRemoveJob | Export-PyReport e.html; "
            + "$all = foreach ($file in Get-ChildItem ?.html) { $bytes = [Convert]::FromBase64String(((Get-Content -Raw $file) -replace '(?s).*id=\"data\">([^<]*)<.*', '$1')); "
            + "$text = [IO.StreamReader]::new([IO.Compression.GZipStream]::new([IO.MemoryStream]::new($bytes), [IO.Compression.CompressionMode]::Decompress)).ReadToEnd() | ConvertFrom-Json; @($text.threads).Where{ $_.name -eq 'one' -and $text.lines[0] -eq '    f(1)' -and $text.functions[0][0] -eq 'f' }.Count }; "
            + "\"$all $(@(Get-ChildItem -Force).Count - 5)\""));

    [Fact]
    public void A_file_is_replaced_unless_NoClobber_is_given_a_read_only_one_only_by_Force_and_keeps_its_mode()
    {
        File.WriteAllText(File1, "old");
        Assert.StartsWith("CannotWrite,", Error("$bank | Export-PyReport x.html -NoClobber").FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal("old", File.ReadAllText(File1));

        File.SetUnixFileMode(File1, UnixFileMode.UserRead);
        Run("$bank | Export-PyReport x.html -Force");
        Assert.StartsWith("<!DOCTYPE html>", File.ReadAllText(File1), StringComparison.Ordinal);

        File.SetUnixFileMode(File1, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Run("$bank | Export-PyReport x.html");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(File1));
        Assert.Equal([File1], Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void A_link_is_replaced_and_what_it_leads_to_is_not_written()
    {
        string other = Path.Combine(_folder.Path, "other");
        File.WriteAllText(other, "old");
        File.CreateSymbolicLink(File1, other);
        Run("$bank | Export-PyReport x.html");

        Assert.Empty(_shell.Errors);
        Assert.Equal("old", File.ReadAllText(other));
        Assert.Null(new FileInfo(File1).LinkTarget);
    }

    [Fact]
    public void What_cannot_be_written_whole_is_an_error_and_leaves_nothing()
    {
        Assert.Contains("No space left", Error("$bank | Export-PyReport /dev/full").ToString(), StringComparison.Ordinal);
        Run("$bank | Export-PyReport /dev/null");
        Assert.Empty(_shell.Errors);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void WhatIf_writes_nothing_PassThru_gives_the_file_and_Title_names_the_page()
    {
        Run("$bank | Export-PyReport x.html -WhatIf");
        Assert.False(File.Exists(File1));

        Run("$file = $bank | Export-PyReport x.html -PassThru -Title 'Monday <1>'; if ($file.FullName -ne \"$folder/x.html\") { throw $file }");
        Assert.Empty(_shell.Errors);
        Assert.Contains("<h1 id=\"title\">Monday &lt;1&gt;</h1>", File.ReadAllText(File1), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("@() | Export-PyReport x.html", "InvalidArgument", "There is nothing to report: x.html is not written")]
    [InlineData("$bank | Export-PyReport Env:x.html", "InvalidArgument", "Environment provider")]
    [InlineData("$bank | Export-PyReport /no/such/folder/x.html", "CannotWrite", "the folder /no/such/folder cannot be opened: No such file or directory")]
    [InlineData("$null = [IO.Directory]::CreateDirectory(\"$folder/x.html\"); $bank | Export-PyReport x.html", "CannotWrite", "is a folder")]
    [InlineData("@($bank[0], $bank[1].Threads[0].Frames[0]) | Export-PyReport x.html", "InvalidArgument", "PyFrame is nothing that a report shows")]
    [InlineData("@($bank[0], [pscustomobject]@{ ThreadId = 1; Frames = 'f (a.py:1)' }) | Export-PyReport x.html", "InvalidArgument", "text only")]
    [InlineData("@($bank[0], [pscustomobject]@{ Samples = 1; Stacks = @('f (a.py:1)') }) | Export-PyReport x.html", "InvalidArgument", "text only")]
    [InlineData("@($bank[0], [pscustomobject]@{ Name = 'other' }) | Export-PyReport x.html", "InvalidArgument", "nothing that a report shows")]
    public void What_cannot_be_done_is_an_error_with_a_way_out(string script, string id, string message)
    {
        ErrorRecord error = Error(script);

        Assert.Equal($"{id},PyStack.ExportPyReportCommand", error.FullyQualifiedErrorId);
        Assert.Contains(message, error.ToString(), StringComparison.Ordinal);
        Assert.NotEmpty(error.ErrorDetails.RecommendedAction);

        // One object that cannot be shown does not keep the others out.
        Assert.Equal(script.Contains("$bank[0]", StringComparison.Ordinal), File.Exists(File1));
    }
}
