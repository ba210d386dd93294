using System;
using System.IO;
using System.Linq;
using PyStack.TestSupport;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Observer;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Sessions;

/// <summary>The engine as an ordinary user without any capability: <c>nobody</c>.</summary>
public sealed class OtherUserTests : IDisposable
{
    private const string NobodyId = "65534";
    private static readonly string[] AsNobody =
        ["setpriv", $"--reuid={NobodyId}", $"--regid={NobodyId}", "--clear-groups", "--inh-caps=-all", "--no-new-privs"];

    private readonly TemporaryFolder _folder = new();

    public OtherUserTests()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root can run a program as another user");
        Assert.SkipWhen(FindOnPath("setpriv") is null, "there is no setpriv (package util-linux) to run a program as another user");
        ObserverProcess.CopyTo(_folder.Path);
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Another_users_process_is_refused_and_the_message_names_what_is_missing(bool noBlock)
    {
        using Target target = Target.Start(InterpreterSet.Any, "one_thread.py");

        (string error, string message, string action) = ObserveAsNobody(target.ProcessId, noBlock);

        Assert.Equal("AccessDenied", error);
        Assert.StartsWith("Operation not permitted", message, StringComparison.Ordinal);
        Assert.Contains("user", message, StringComparison.Ordinal);
        Assert.Contains("CAP_SYS_PTRACE", message + action, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_ordinary_user_sees_the_stacks_of_their_own_processes(bool noBlock)
    {
        using Target target = StartAsNobody();

        using Target observer = ObserverProcess.Start("capture", target.ProcessId, _folder.Path, AsNobody, noBlock);

        Assert.Equal($"{target.ProcessId}:3", observer.ReadLine());
        Assert.Equal(0, observer.WaitForExit());
    }

    [Fact]
    public void An_ordinary_user_is_told_of_a_process_that_is_not_theirs_and_not_Python()
    {
        int init = 1;

        (string error, string message, _) = ObserveAsNobody(init, noBlock: false);

        Assert.True(error is "AccessDenied", $"{error}: {message}");
    }

    [Fact]
    public void Another_users_process_is_told_to_be_out_of_reach_with_the_reason_that_a_capture_gives()
    {
        using Target target = Target.Start(InterpreterSet.Any, "one_thread.py");

        string[] access = AccessAsNobody(target.ProcessId);

        Assert.Equal(["False", "False"], access[..2]);
        Assert.Equal($"It belongs to user 0, this is user {NobodyId}, and CAP_SYS_PTRACE is missing.", access[2]);
        (_, string message, string action) = ObserveAsNobody(target.ProcessId, noBlock: false);
        Assert.EndsWith(access[2][1..], message, StringComparison.Ordinal);
        Assert.Equal(action, access[3]);
    }

    [Fact]
    public void An_ordinary_user_is_told_that_their_own_processes_are_accessible()
    {
        using Target target = StartAsNobody();

        Assert.Equal(["True", "True", "", ""], AccessAsNobody(target.ProcessId));
    }

    [Fact]
    public void A_process_that_hides_from_its_own_user_is_told_to_be_undumpable()
    {
        string hide = _folder.Write("hide.py", "import ctypes, sys; ctypes.CDLL(None).prctl(4, 0, 0, 0, 0); print('ready', flush=True); sys.stdin.read()"u8);
        using Target target = StartAsNobody(hide);

        string[] access = AccessAsNobody(target.ProcessId);

        Assert.Equal(["False", "False"], access[..2]);
        Assert.Contains("has made itself undumpable", access[2], StringComparison.Ordinal);
    }

    [Fact]
    public void A_list_of_an_ordinary_user_holds_their_own_processes_and_says_why_others_are_left_out()
    {
        using Target own = StartAsNobody();
        using Target other = Target.Start(InterpreterSet.Any, "one_thread.py");

        using Target observer = ObserverProcess.Start("list", other.ProcessId, _folder.Path, AsNobody);
        string why = observer.ReadLine();
        string[] ids = observer.ReadLine().Split(' ');

        Assert.Contains($"is left out, because its mappings may not be read: it belongs to user 0, this is user {NobodyId}", why, StringComparison.Ordinal);
        Assert.Contains($"{own.ProcessId}", ids);
        Assert.DoesNotContain($"{other.ProcessId}", ids);
    }

    [Fact]
    public void A_core_that_this_user_may_not_read_is_refused_with_its_owner_and_mode()
    {
        // The kernel writes cores with mode 0600 (fs/coredump.c).
        string core = _folder.Write("core", "What is in it is not read."u8);
        File.SetUnixFileMode(core, UnixFileMode.UserRead | UnixFileMode.UserWrite);

        string[] error = CoreAsNobody(core);

        Assert.Equal("AccessDenied", error[0]);
        Assert.Equal($"{core} cannot be opened: Permission denied; it belongs to user 0 and has mode 0600, and this is user {NobodyId}.", error[1]);
        Assert.Contains("as the owner of the file or as root", error[2], StringComparison.Ordinal);
    }

    [Fact]
    public void A_core_in_a_folder_that_this_user_may_not_enter_is_refused_and_not_said_to_be_missing()
    {
        string folder = Path.Combine(_folder.Path, "closed");
        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        string core = Path.Combine(folder, "core");
        File.WriteAllText(core, "What is in it is not read.");

        string[] error = CoreAsNobody(core);

        Assert.Equal(("AccessDenied", $"{core} cannot be opened: Permission denied, and this is user {NobodyId}."), (error[0], error[1]));
    }

    private string[] CoreAsNobody(string path)
    {
        using Target observer = ObserverProcess.StartCore(path, _folder.Path, AsNobody);
        string[] parts = observer.ReadLine().Split('|');
        Assert.Equal(2, observer.WaitForExit());
        return parts;
    }

    private string[] AccessAsNobody(int processId)
    {
        using Target observer = ObserverProcess.Start("access", processId, _folder.Path, AsNobody);
        return observer.ReadLine().Split('|');
    }

    private (string Error, string Message, string Action) ObserveAsNobody(int processId, bool noBlock)
    {
        using Target observer = ObserverProcess.Start("capture", processId, _folder.Path, AsNobody, noBlock);
        string[] parts = observer.ReadLine().Split('|');
        Assert.Equal(2, observer.WaitForExit());
        Assert.Equal(3, parts.Length);
        return (parts[0], parts[1], parts[2]);
    }

    private Target StartAsNobody()
    {
        Target target = StartAsNobody(_folder.Write("bare.py", File.ReadAllBytes(Programs.PathOf("bare.py"))));
        Wait.Until(() => ProcOracle.IsReading(target.ProcessId, target.ProcessId), "the program does not get to its place");
        return target;
    }

    private static Target StartAsNobody(string program)
    {
        Interpreter? readable = InterpreterSet.All.FirstOrDefault(one => one.Executable.StartsWith("/usr/", StringComparison.Ordinal));
        Assert.SkipWhen(readable is null, "no interpreter here lies where every user can read it");
        Target target = Target.StartCommand([.. AsNobody, readable.Executable, program], new() { WorkingDirectory = "/" });
        target.ReadLine();
        return target;
    }

    private static string? FindOnPath(string command)
        => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(folder => Path.Combine(folder, command)).FirstOrDefault(File.Exists);
}
