using System;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PyStack.Engine.Native;
using PyStack.Engine.Capture;
using PyStack.Engine.Discovery;
using PyStack.Engine.Primitives;
using PyStack.Engine.Sessions;
using PyStack.Engine.Targets.Core;
using PyStack.Engine.Tests.Elf;
using PyStack.Engine.Tests.Sessions.NativeStacks;
using PyStack.TestSupport;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Sessions;

/// <summary>A library and a script on a disk that does not answer: bindfs, whose daemon is stopped.</summary>
public sealed class HungDiskTests : IDisposable
{
    private const string Script = "import ctypes, os, sys, oracle\n\n\ndef called(n):\n    return os.read(0, 1) and n\n\n\noracle.start()\n"
        + "ctypes.CDLL(sys.argv[1]).tail(ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int)(called), 3)\n";

    private readonly TemporaryFolder _folder = new();
    private Target? _disk;

    private string Mounted => Path.Combine(_folder.Path, "mounted");

    public void Dispose()
    {
        if (_disk is not null)
        {
            Signals.Send(_disk.ProcessId, Signals.Continue);
            Commands.Run(["umount", "--lazy", Mounted]);
            _disk.Dispose();
        }

        _folder.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_capture_ends_and_says_which_file_did_not_answer(bool noBlock)
    {
        using Target target = StartOnDisk();
        Signals.Send(_disk!.ProcessId, Signals.Stop);

        PyThread thread = await Within(Task.Run(() => Captures.Once(target, StackOptions.Default with { Native = NativeMode.AllThreads, NoBlock = noBlock })[0]));

        string library = Path.Combine(Mounted, "libnative.so");
        Assert.Equal(["<module>", "called"], thread.Frames.Where(frame => frame.Kind == PyFrameKind.Python).Select(frame => frame.Function));
        Assert.True(Array.Exists<PyFrame>([.. thread.Frames], frame => frame.Library == library && frame.Function is null), $"{string.Join("; ", thread.Warnings)} | {string.Join("; ", thread.Frames.Select(frame => frame.ToString()))}");
        Assert.Single(thread.Warnings, warning => warning.StartsWith(library, StringComparison.Ordinal) && warning.Contains("did not answer", StringComparison.Ordinal));
        Assert.Contains(thread.Warnings, warning => warning.StartsWith("Source lines are missing: ", StringComparison.Ordinal) && warning.Contains("on_disk.py", StringComparison.Ordinal));
        Signals.Send(_disk.ProcessId, Signals.Continue);

        // What did not answer is not taken for what is not there when it answers again.
        Wait.Until(
            () => Captures.Once(target, Captures.Native)[0].Frames.Any(frame => frame.Library == library && frame.Function == "descend"),
            "the names do not come back");
    }

    [Fact]
    public async Task Cancellation_ends_a_capture_that_waits_for_the_disk()
    {
        using Target target = StartOnDisk();
        using StackSession session = Captures.Open(target.ProcessId, StackOptions.Default with { Native = NativeMode.AllThreads });
        Signals.Send(_disk!.ProcessId, Signals.Stop);
        using CancellationTokenSource cancellation = new(TimeSpan.FromMilliseconds(200));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Within(Task.Run(() => session.Capture(cancellation.Token))));
    }

    [Fact]
    public async Task The_list_of_processes_comes_to_its_end_and_does_not_deny_what_it_could_not_read()
    {
        Mount();
        string program = Path.Combine(Mounted, "program");
        File.Copy("/bin/cat", program);
        using Target target = Target.StartCommand([program]);
        Wait.Until(() => File.ReadAllText($"/proc/{target.ProcessId}/maps").Contains("libc.so", StringComparison.Ordinal), "the program does not start");
        Signals.Send(_disk!.ProcessId, Signals.Stop);

        RecordingLog log = new();
        int[] ids = await Within(Task.Run(() => new PythonProcesses(log).Find(CancellationToken.None).Select(process => process.ProcessId).ToArray()));

        Assert.DoesNotContain(target.ProcessId, ids);
        Assert.Single(log.Warnings, warning => warning.StartsWith($"Process {target.ProcessId} (", StringComparison.Ordinal) && warning.Contains("/exe did not answer within 2 s", StringComparison.Ordinal));
        EngineException error = await Assert.ThrowsAsync<EngineException>(() => Within(Task.Run(() => new PythonProcesses(SilentLog.Instance).Get(target.ProcessId))));
        Assert.Equal(EngineError.NotResponding, error.Error);
        Assert.Contains($"/proc/{target.ProcessId}/exe ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_core_or_a_program_that_the_user_names_does_not_hold_him_up(bool isProgram)
    {
        Mount();
        string onDisk = Path.Combine(Mounted, "file");
        File.WriteAllText(onDisk, "x");
        string core = _folder.Write("core", [1]);
        Signals.Send(_disk!.ProcessId, Signals.Stop);

        EngineException error = await Assert.ThrowsAsync<EngineException>(() => Within(Task.Run(() => WatchedWork.Run(
            "The core",
            () => CoreProcess.Open(isProgram ? core : onDisk, new CoreSearch(isProgram ? onDisk : null), Limits.Default, SilentLog.Instance, CancellationToken.None),
            () => { },
            CancellationToken.None))));

        Assert.Equal(EngineError.NotResponding, error.Error);
    }

    private static bool IsOnPath(string command)
        => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, command)));

    private static Task<T> Within<T>(Task<T> task) => task.WaitAsync(Wait.Limit, TestContext.Current.CancellationToken);

    private Target StartOnDisk()
    {
        string library = Toolchain.Compile(_folder.Path, "libnative.so", File.ReadAllText(Programs.PathOf("native.c")), "-shared", "-fPIC", "-O2", "-pthread");
        Mount();
        File.Copy(library, Path.Combine(Mounted, "libnative.so"));
        string script = Path.Combine(Mounted, "on_disk.py");
        File.WriteAllText(script, Script);
        return Target.Start(InterpreterSet.Any, script, new() { Arguments = [Path.Combine(Mounted, "libnative.so")] });
    }

    private void Mount()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess && File.Exists("/dev/fuse"), "only root can mount, and there must be /dev/fuse");
        Assert.SkipWhen(!IsOnPath("bindfs"), "there is no bindfs (package bindfs)");
        string real = Directory.CreateDirectory(Path.Combine(_folder.Path, "real")).FullName;
        Directory.CreateDirectory(Mounted);
        _disk = Target.StartCommand(["bindfs", "-f", "-o", "attr_timeout=0,entry_timeout=0", real, Mounted]);
        Assert.SkipUnless(
            Wait.Within(TimeSpan.FromSeconds(20), () => _disk.HasExited || File.ReadAllText("/proc/self/mounts").Contains(Mounted, StringComparison.Ordinal)) && !_disk.HasExited,
            "bindfs cannot mount here");
    }
}
