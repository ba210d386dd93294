using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Net.Sockets;
using PyStack.TestSupport;
using Xunit;

namespace PyStack.Tests.Commands;

/// <summary>What a user can name that is no core file, no program, no process and no pattern, and what is said of it.</summary>
public sealed class PathTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly EmbeddedShell _shell = new();
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    public PathTests()
    {
        _folder.Write("core.1", "no core"u8.ToArray());
        _folder.Write("a[1].core", "no core"u8.ToArray());
        Directory.CreateDirectory(Path.Combine(_folder.Path, "core.folder"));
        _socket.Bind(new UnixDomainSocketEndPoint(Path.Combine(_folder.Path, "core.socket")));
        RunMkfifo(Path.Combine(_folder.Path, "core.fifo"));
        File.CreateSymbolicLink(Path.Combine(_folder.Path, "core.device"), "/dev/zero");
        // Set-Location and Get-ChildItem are of an assembly of PowerShell's own modules, which is not here.
        _shell.Set("folder", _folder.Path);
        _shell.Run("$null = $ExecutionContext.SessionState.Path.SetLocation($folder)");
    }

    public void Dispose()
    {
        _shell.Dispose();
        _socket.Dispose();
        _folder.Dispose();
    }

    private static void RunMkfifo(string path)
    {
        using var process = System.Diagnostics.Process.Start("mkfifo", [path]);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }

    // Where it has come to: a record for the regular file, which is no core, and none for others.
    private IEnumerable<string> Messages(string script)
    {
        Assert.Empty(_shell.Run(script));
        return _shell.Errors.Select(error => $"{error.FullyQualifiedErrorId.Split(',')[0]}: {error}");
    }

    [Theory]
    [InlineData("Get-PyStack -Path $folder/*")]
    [InlineData("Get-PyStack -Path core.*, a*")]
    [InlineData("Get-PyCore -Path $folder/*")]
    [InlineData("'core.*', 'a*' | Get-PyCore")]
    [InlineData("$ExecutionContext.SessionState.InvokeProvider.ChildItem.Get($folder, $false) | Get-PyStack")]
    [InlineData("$ExecutionContext.SessionState.InvokeProvider.ChildItem.Get($folder, $false) | Get-PyCore")]
    public void Folders_sockets_pipes_and_devices_among_cores_are_left_out(string script)
    {
        string[] messages = [.. Messages(script + " -Verbose")];
        Assert.Equal(2, messages.Length);
        Assert.All(messages, message => Assert.StartsWith("InvalidCore: ", message, StringComparison.Ordinal));
        Assert.Equal(
            ["a FIFO", "a character device", "a folder", "a socket"],
            _shell.Streams.Verbose.Select(record => record.Message).Where(text => text.Contains("left out", StringComparison.Ordinal)).Select(text => text[(text.IndexOf(" is a ", StringComparison.Ordinal) + 4)..^1]).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("core.folder", "a folder")]
    [InlineData("core.socket", "a socket")]
    [InlineData("core.fifo", "a FIFO")]
    [InlineData("core.device", "a character device")]
    [InlineData("/tmp", "a folder")]
    [InlineData("/", "a folder")]
    [InlineData("~", "a folder")]
    [InlineData(".", "a folder")]
    public void Named_as_it_is_it_is_said_what_it_is(string path, string kind)
    {
        foreach (string command in (string[])["Get-PyStack -Path", "Get-PyStack -LiteralPath", "Get-PyCore", "Get-PyCore -LiteralPath"])
        {
            string message = Assert.Single(Messages($"{command} '{path}'"));
            Assert.StartsWith("InvalidCore: /", message, StringComparison.Ordinal);
            Assert.EndsWith($" is {kind}, not a core file.", message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("Env:PATH", "it belongs to PowerShell's Environment provider")]
    [InlineData("Env:P*", "it belongs to PowerShell's Environment provider")]
    [InlineData("Variable:HOME", "it belongs to PowerShell's Variable provider")]
    [InlineData("Function:/prompt", "it belongs to PowerShell's Function provider")]
    [InlineData("HKLM:/Software", "PowerShell has no drive HKLM")]
    [InlineData("core:112", "PowerShell has no drive core")]
    [InlineData("core:*", "PowerShell has no drive core")]
    [InlineData("Registry::HKEY_LOCAL_MACHINE", "")]
    [InlineData("a`0b", "it has a zero character")]
    public void What_is_no_path_of_a_file_system_is_an_invalid_argument(string path, string reason)
    {
        foreach (string command in (string[])["Get-PyStack -Path", "Get-PyCore"])
        {
            string message = Assert.Single(Messages($"{command} \"{path}\""));
            Assert.StartsWith("InvalidArgument: ", message, StringComparison.Ordinal);
            Assert.Contains($" is not a path in a file system: {reason}", message, StringComparison.Ordinal);
            Assert.Equal(ErrorCategory.InvalidArgument, _shell.Errors[0].CategoryInfo.Category);
            Assert.True(_shell.Errors[0].ErrorDetails.RecommendedAction.Length > 20);
        }

        foreach (string parameter in (string[])["-Executable", "-LibrarySearchPath", "-LibrarySearchRoot"])
        {
            Assert.StartsWith("InvalidArgument: ", Assert.Single(Messages($"Get-PyStack -Path core.1 {parameter} \"{path}\"")), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("Get-PyProcess -Name 'a['")]
    [InlineData("Get-PyProcess 'a[', '[z-a]'", 2)]
    [InlineData("Get-PyProcess -Name '['")]
    [InlineData("Get-PyStack -Path 'a['")]
    [InlineData("Get-PyStack -Path 'core.[', '/tmp/[z-a]'", 2)]
    [InlineData("Get-PyCore 'a['")]
    public void A_pattern_that_cannot_be_read_is_an_invalid_argument(string script, int errors = 1)
    {
        string[] messages = [.. Messages(script)];
        Assert.Equal(errors, messages.Length);
        Assert.All(messages, message => Assert.Matches(@"^InvalidArgument: .+ is not a valid wildcard pattern", message));
        Assert.All(_shell.Errors, error => Assert.Contains("`[", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal));
    }

    [Fact]
    public void Names_beside_a_pattern_that_cannot_be_read_are_looked_for()
    {
        _shell.Set("FakeProcesses", new[] { Samples.Process(1, "python3"), Samples.Process(2, "uwsgi") });
        Assert.Equal(["uwsgi"], _shell.Run("Get-PyProcess 'a[', uw*").Select(one => one.Properties["Name"].Value));
        Assert.Single(_shell.Errors);
    }

    [Theory]
    [InlineData("Get-PyStack -LiteralPath 'a[1].core'")]
    [InlineData("Get-PyStack -Path './a`[1`].core'")]
    [InlineData("Get-PyCore -LiteralPath './a[1].core'")]
    public void A_name_with_brackets_is_a_name(string script)
        => Assert.StartsWith($"InvalidCore: {_folder.Path}/a[1].core ", Assert.Single(Messages(script)), StringComparison.Ordinal);

    [Theory]
    [InlineData("'\\\\server\\share\\core'", "CoreNotFound")]
    [InlineData("core.none", "CoreNotFound")]
    [InlineData("'Microsoft.PowerShell.Core\\FileSystem::/nowhere/core'", "CoreNotFound")]
    [InlineData("('x' * 5000)", "CoreNotFound")]
    public void A_file_that_is_not_there_is_not_found(string path, string id)
        => Assert.StartsWith(id + ": ", Assert.Single(Messages($"Get-PyCore {path}")), StringComparison.Ordinal);

    [Fact]
    public void A_name_that_cannot_be_one_is_told_with_the_reason()
    {
        string loop = Path.Combine(_folder.Path, "loop");
        File.CreateSymbolicLink(loop, loop);
        Assert.Equal($"CoreNotFound: {loop} cannot be opened: Too many levels of symbolic links.", Assert.Single(Messages("Get-PyCore loop")));
        Assert.Equal($"CoreNotFound: {_folder.Path}/core.1/x cannot be opened: Not a directory.", Assert.Single(Messages("Get-PyCore core.1/x")));
        Assert.EndsWith("cannot be opened: File name too long.", Assert.Single(Messages("Get-PyCore ('x' * 300)")), StringComparison.Ordinal);
        Assert.Equal($"ExecutableNotFound: {loop} cannot be opened: Too many levels of symbolic links.", Assert.Single(Messages("Get-PyCore core.1 -Executable loop")));
    }

    [Fact]
    public void A_link_to_nothing_is_left_out_where_it_was_found_and_an_error_where_it_was_named()
    {
        string link = Path.Combine(_folder.Path, "dangling");
        File.CreateSymbolicLink(link, "/nowhere/core");
        Assert.Empty(Messages("Get-PyCore dang*"));
        Assert.Empty(Messages($"[pscustomobject]@{{ FullName = '{link}' }} | Get-PyCore"));
        Assert.Equal($"CoreNotFound: There is no file {link}: it is a broken symbolic link.", Assert.Single(Messages("Get-PyCore dangling")));
    }

    [Fact]
    public void A_program_that_is_no_file_is_not_opened()
    {
        foreach (string one in (string[])["core.fifo", "core.folder", "core.socket", "core.device"])
        {
            Assert.Matches($"^ExecutableNotFound: /.*/{one} is a .*, not a program\\.$", Assert.Single(Messages($"Get-PyStack -Path core.1 -Executable {one}")));
        }
    }

    [Fact]
    public void A_folder_of_libraries_that_is_not_there_is_said_once()
    {
        _ = Messages("Get-PyStack -Path core.1, 'a`[1`].core' -LibrarySearchPath /nowhere, core.1");
        Assert.Equal(
            ["-LibrarySearchPath: there is no folder /nowhere.", $"-LibrarySearchPath: {_folder.Path}/core.1 is not a folder."],
            _shell.Streams.Warning.Select(warning => warning.Message));
    }

    [Fact]
    public void A_pattern_in_a_folder_that_this_user_may_not_list_is_refused()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess && RealShell.Find("setpriv") is not null, "not root, or there is no setpriv");
        File.SetUnixFileMode(_folder.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        string script = $"foreach ($path in '{_folder.Path}/*', '{_folder.Path}/*/x', '/nowhere/*') {{ Get-PyCore $path -ErrorAction SilentlyContinue -ErrorVariable failure; \"$($failure.FullyQualifiedErrorId)\" }}";
        HostResult result = RealShell.Run(script, new Dictionary<string, string?> { ["HOME"] = "/" }, "setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups");
        Assert.Equal(("AccessDenied,PyStack.GetPyCoreCommand\nAccessDenied,PyStack.GetPyCoreCommand\n\n", ""), (result.Output, result.Error));
    }

    /// <summary>Whatever is given as whatever parameter: an error of ours that the help lists, or one of PowerShell's binder, and no bug in PyStack.</summary>
    [Fact]
    public void No_argument_makes_a_cmdlet_throw_what_is_not_documented()
    {
        string[] values = ["''", "'['", "'a['", "'*'", "'?'", "\"`0\"", "\"`e]0;x`a\"", "\"`u{d800}\"", "':'", "'::'", "'Env:'", "'/dev/null'", "'/proc/self/mem'", "'~nobody'", "-1", "0",
            "2147483647", "99999999999", "'abc'", "$null", "@()", "@($null)", "@(1, 1)", "1.5", "$true", "{ 1 }", "@{ a = 1 }", "'\\'", "'a`'", "' '", "\"`n\""];
        string[] commands =
        [
            "Get-PyStack -Id {0}", "Get-PyStack -Path {0}", "Get-PyStack -LiteralPath {0}", "Get-PyStack -Path core.1 -Executable {0}", "Get-PyStack -Path core.1 -LibrarySearchPath {0}",
            "Get-PyStack -Path core.1 -LibrarySearchRoot {0}", "Get-PyStack 1 -RedactName {0} -Locals", "Get-PyStack 1 -MaxValueLength {0}", "{0} | Get-PyStack", "Get-PyCore {0}", "{0} | Get-PyCore",
            "Get-PyCore -LiteralPath {0}", "Get-PyProcess {0}", "Get-PyProcess -Id {0}", "Test-PyStackAccess {0}", "{0} | Test-PyStackAccess",
        ];
        _shell.Set("FakeEngine", new FakeEngine { Capture = (_, _, _, _) => [Samples.Thread()] });
        _shell.Set("FakeProcesses", Array.Empty<PyProcess>());
        string[] ours = [.. Enum.GetNames<EngineError>()];
        foreach (string command in commands)
        {
            foreach (string value in values)
            {
                string script = string.Format(null, command, value);
                IEnumerable<ErrorRecord> errors;
                try
                {
                    _shell.Run(script);
                    errors = _shell.Errors;
                }
                catch (RuntimeException e)
                {
                    errors = [e.ErrorRecord];
                }

                Assert.All(errors, error =>
                {
                    string id = error.FullyQualifiedErrorId.Split(',')[0];
                    Assert.True(ours.Contains(id) || error.Exception is ParameterBindingException, $"{script}: {error.FullyQualifiedErrorId}: {error}");
                    Assert.DoesNotContain("bug in PyStack", error.ErrorDetails?.RecommendedAction ?? "", StringComparison.Ordinal);
                });
            }
        }
    }
}
