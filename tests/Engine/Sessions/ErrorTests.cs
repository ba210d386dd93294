using System;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using PyStack.Engine.Capture;
using PyStack.Engine.Sessions;
using PyStack.Engine.Tests.Elf;
using PyStack.TestSupport;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Sessions;

/// <summary>Processes that have no Python stack to show: each with the error that says why.</summary>
public sealed class ErrorTests
{
    private static readonly string[] Sleep = ["sleep", "600"];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_process_that_has_ended_is_not_found(bool noBlock)
    {
        int processId;
        using (Target target = Target.StartCommand(["true"]))
        {
            processId = target.ProcessId;
            target.WaitForExit();
        }

        EngineException error = Refused(processId, noBlock ? Captures.NoBlock : Captures.Blocking);

        Assert.Equal((EngineError.ProcessNotFound, $"No such process id: {processId}."), (error.Error, error.Message));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    [InlineData(int.MaxValue)]
    public void A_number_that_is_no_process_id_is_not_found(int processId)
    {
        EngineException error = Refused(processId, Captures.Blocking);

        Assert.Equal((EngineError.ProcessNotFound, $"No such process id: {processId}."), (error.Error, error.Message));
    }

    [Fact]
    public void A_program_that_is_not_Python_is_said_to_be_none()
    {
        using EndedByKill sleep = new(Sleep);

        EngineException error = Refused(sleep.ProcessId, Captures.Blocking);

        Assert.Equal(EngineError.NotPython, error.Error);
        Assert.Contains("sleep", error.Message, StringComparison.Ordinal);
        ProcOracle.AssertRunsFreely(sleep.ProcessId);
    }

    [Fact]
    public void A_kernel_thread_is_not_Python()
    {
        const int KernelThreads = 2;
        Assert.SkipUnless(ProcOracle.ThreadName(KernelThreads, KernelThreads) == "kthreadd", "no kernel thread can be seen from here (a container)");

        EngineException error = Refused(KernelThreads, Captures.Blocking);

        Assert.True(error.Error is EngineError.NotPython or EngineError.AccessDenied, $"{error.Error}: {error.Message}");
    }

    [Fact]
    public void A_zombie_is_said_to_have_exited()
    {
        using Target parent = Target.StartSilent(InterpreterSet.Any, "zombie.py");
        int zombie = (int)parent.ReadNumber();

        EngineException error = Refused(zombie, Captures.Blocking);

        Assert.Equal(EngineError.ProcessExited, error.Error);
        Assert.Contains($"{zombie}", error.Message, StringComparison.Ordinal);
    }

    // Machines have no such Pythons any more. What tells one is the text of Py_GetVersion in its data.
    [Theory]
    [InlineData("2.6.9")]
    [InlineData("3.0.1")]
    [InlineData("3.5.10")]
    public void A_Python_that_is_too_old_is_not_supported(string version)
    {
        string program = $$"""
            #include <unistd.h>
            char before = 1, text[] = "\0" "{{version}} (default, Jan  1 2020, 00:00:00) \n[GCC 4.8.5]";
            int main(void) { return before + text[1] + pause(); }
            """;
        using TemporaryFolder folder = new();
        using EndedByKill python = new([Toolchain.Compile(folder.Path, "python", program)]);
        WaitForPause(python.ProcessId);

        EngineException error = Refused(python.ProcessId, Captures.Blocking);

        Assert.Equal(EngineError.UnsupportedPython, error.Error);
        Assert.Equal($"Process {python.ProcessId} (python) runs Python {version}, which is not supported.", error.Message);
        Assert.Contains("2.7 and 3.6 to 3.15", error.RecommendedAction, StringComparison.Ordinal);
    }

    [Fact]
    public void A_32_bit_Python_is_said_to_be_one()
    {
        Assert.SkipUnless(RuntimeInformation.ProcessArchitecture == Architecture.X64, "this processor does not run programs for i386");
        const string Program = "void _start(void) { for (;;) __asm__ volatile(\"int $0x80\" :: \"a\"(29)); } /* pause(2) */\n";
        using TemporaryFolder folder = new();
        using EndedByKill python = new([Toolchain.Compile(folder.Path, "python2.7", Program, "-m32", "-nostdlib", "-static", "-fno-pie", "-no-pie")]);
        WaitForPause(python.ProcessId);

        EngineException error = Refused(python.ProcessId, Captures.Blocking);

        Assert.Equal(EngineError.UnsupportedPython, error.Error);
        Assert.Equal($"Process {python.ProcessId} (python2.7) runs a 32-bit Python, which is not supported.", error.Message);
        Assert.Contains("2.7 and 3.6 to 3.15", error.RecommendedAction, StringComparison.Ordinal);
    }

    [Fact]
    public void A_program_with_a_Python_library_that_it_never_starts_has_no_interpreter()
    {
        string library = InterpreterSet.All.Select(SharedLibrary).FirstOrDefault(found => found.Length > 0) ?? "";
        Assert.SkipWhen(library.Length == 0, "no interpreter here has a shared libpython");
        using EndedByKill sleep = new(Sleep, new() { Environment = new System.Collections.Generic.Dictionary<string, string> { ["LD_PRELOAD"] = library } });
        Wait.Until(() => ProcOracle.HasCodeOf(sleep.ProcessId, "libpython"), "libpython is not loaded");

        EngineException error = Refused(sleep.ProcessId, Captures.Blocking);

        Assert.Equal(EngineError.InterpreterNotFound, error.Error);
        Assert.Contains(Path.GetFileName(library), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_server_that_loads_Python_for_its_children_advises_to_read_them()
    {
        Interpreter? python = InterpreterSet.All.FirstOrDefault(one => one.IsAtLeast(3, 8) && SharedLibrary(one).Length > 0);
        Assert.SkipWhen(python is null, "no interpreter here has a shared libpython with Py_BytesMain");
        string program = Toolchain.Shared("preload", File.ReadAllText(Path.Combine(Programs.Folder, "preload.c")), "-ldl");
        using Target server = Target.StartCommand(
            [program, SharedLibrary(python), "-c", "import sys; print('ready', flush=True); sys.stdin.read()"],
            new() { Environment = new System.Collections.Generic.Dictionary<string, string> { ["PYTHONHOME"] = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(python.Executable)!, "..")) } });
        int child = (int)server.ReadNumber();
        Assert.Equal("ready", server.ReadLine());

        EngineException error = Refused(server.ProcessId, Captures.Blocking);

        Assert.Equal(EngineError.InterpreterNotFound, error.Error);
        Assert.StartsWith($"Its child process {child} has Python, too: Get-PyStack -Id {server.ProcessId} -IncludeChildren shows ", error.RecommendedAction, StringComparison.Ordinal);
        using StackSession session = Captures.Open(child, Captures.Blocking);
        Assert.Equal("<module>", Assert.Single(session.Take()).Frames[0].Function);
    }

    [Fact]
    public void A_process_that_is_traced_already_names_its_tracer_and_is_read_without_a_stop()
    {
        using Target target = Target.Start(InterpreterSet.Any, "many_lines.py");
        using Target tracer = Target.StartSilent(InterpreterSet.Any, "tracer.py", new() { Arguments = [$"{target.ProcessId}"] });
        string said = tracer.ReadLine();
        Assert.SkipWhen(said != "tracing", $"the kernel does not let one process of ours trace another: {said}");

        EngineException error = Refused(target.ProcessId, Captures.Blocking);

        Assert.Equal(EngineError.AlreadyTraced, error.Error);
        Assert.Contains($"{tracer.ProcessId}", error.Message, StringComparison.Ordinal);
        Assert.Contains("NoBlock", error.RecommendedAction, StringComparison.Ordinal);
        OracleComparison.AssertAgrees(target, Captures.Once(target, Captures.NoBlock));
    }

    [Fact]
    public void Every_error_says_what_can_be_done()
    {
        using EndedByKill sleep = new(Sleep);

        Assert.NotEmpty(Refused(int.MaxValue, Captures.Blocking).RecommendedAction);
        Assert.NotEmpty(Refused(sleep.ProcessId, Captures.Blocking).RecommendedAction);
    }

    private static void WaitForPause(int processId)
        => Wait.Until(
            () => ProcOracle.ThreadName(processId, processId)?.StartsWith("python", StringComparison.Ordinal) == true
                && ProcOracle.State(processId, processId) == 'S',
            "the program does not get to its place");

    private static EngineException Refused(int processId, StackOptions options)
        => Assert.Throws<EngineException>(() =>
        {
            using StackSession session = Captures.Open(processId, options);
            session.Take();
        });

    private static string SharedLibrary(Interpreter interpreter)
    {
        string folder = Path.Combine(Path.GetDirectoryName(interpreter.Executable)!, "..", "lib");
        return Directory.Exists(folder) && !interpreter.IsVariant
            ? Directory.GetFiles(folder, $"libpython{interpreter.Major}.{interpreter.Minor}.so.*").Select(Path.GetFullPath).FirstOrDefault() ?? ""
            : "";
    }

    /// <summary>A process that takes no notice of its input.</summary>
    private sealed class EndedByKill(string[] command, TargetOptions? options = null) : IDisposable
    {
        private readonly Target _target = Target.StartCommand(command, options);

        public int ProcessId => _target.ProcessId;

        public void Dispose()
        {
            _target.Kill();
            _target.Dispose();
        }
    }
}
