using System;
using System.IO;
using System.Linq;
using System.Threading;
using PyStack.Engine.Discovery;
using PyStack.Engine.Primitives;
using PyStack.Engine.Tests.Elf;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Sessions;

/// <summary>Which processes count as Python, and what is said of them.</summary>
public sealed class PythonProcessesTests : FolderTest
{
    // Prints a line and waits for its input to end.
    private const string Waiter = """
        #include <stdio.h>
        int main(void) { puts("ready"); fflush(stdout); getchar(); return 0; }
        """;

    private static readonly ProcessDetails Details = new(SilentLog.Instance);

    public static TheoryData<string> Interpreters => [.. InterpreterSet.All.Concat(InterpreterSet.Older).Select(one => one.Name)];

    private static PyProcess Described(int processId, ProcessDetails? details = null)
        => (details ?? Details).Describe(new PythonProcesses(SilentLog.Instance).Get(processId))!;

    private static bool IsListed(int processId) => PythonProcesses.List().Any(process => process.ProcessId == processId);

    private static Target StartReady(string program, TargetOptions? options = null, params string[] arguments)
    {
        Target target = Target.StartCommand([program, .. arguments], options);
        Assert.Equal("ready", target.ReadLine());
        return target;
    }

    [Theory]
    [MemberData(nameof(Interpreters))]
    public void Every_interpreter_is_found_with_its_exact_version(string name)
    {
        Interpreter interpreter = InterpreterSet.All.Concat(InterpreterSet.Older).First(one => one.Name == name);
        using Target target = Target.StartSilent(interpreter, "bare.py");
        target.ReadLine();

        PyProcess process = Described(target.ProcessId, new ProcessDetails(SilentLog.Instance));

        Assert.Equal((target.ProcessId, PyImplementation.CPython, interpreter.Version), (process.Id, process.Implementation, process.PythonVersion));
        string program = InterpreterNameOf(interpreter);
        Assert.EndsWith(program, process.Executable, StringComparison.Ordinal);
        Assert.True(IsListed(target.ProcessId));
    }

    [Fact]
    public void A_process_is_described()
    {
        using Target target = Target.Start(InterpreterSet.Any, "many_threads.py", new() { Arguments = ["an argument"] });

        PyProcess process = Described(target.ProcessId);

        Assert.Equal(File.ReadAllText($"/proc/{target.ProcessId}/comm").TrimEnd('\n'), process.Name);
        Assert.Equal(ProcOracle.Threads(target.ProcessId).Count, process.Threads);
        Assert.EndsWith("many_threads.py an argument", process.CommandLine, StringComparison.Ordinal);
        Assert.Equal(Environment.UserName, process.User);
        Assert.True(process.IsAccessible);
        using var seenByDotnet = System.Diagnostics.Process.GetProcessById(target.ProcessId);
        Assert.Equal(DateTimeKind.Local, process.StartTime.Kind);
        Assert.Equal(seenByDotnet.StartTime, process.StartTime, TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void The_list_is_in_the_order_of_the_ids_and_has_each_once()
    {
        using Target first = Target.Start(InterpreterSet.Any, "one_thread.py");
        using Target second = Target.Start(InterpreterSet.Any, "one_thread.py");

        int[] ids = [.. PythonProcesses.List().Select(process => process.ProcessId)];

        Assert.Equal(ids.Distinct().Order(), ids);
        Assert.Contains(first.ProcessId, ids);
        Assert.Contains(second.ProcessId, ids);
    }

    [Fact]
    public void The_file_of_a_second_process_is_not_looked_at_again()
    {
        using Target first = Target.Start(InterpreterSet.Any, "one_thread.py");
        using Target second = Target.Start(InterpreterSet.Any, "one_thread.py");
        DebugLog log = new();
        ProcessDetails details = new(log);

        Assert.Equal(Described(first.ProcessId, details).PythonVersion, Described(second.ProcessId, details).PythonVersion);
        Assert.Single(log.Lines);
    }

    [Fact]
    public void An_interpreter_in_a_program_of_another_name_is_found()
    {
        string program = CopyOfAStaticInterpreter("my-server");
        using Target target = StartReady(program, null, "-c", "import sys; print('ready', flush=True); sys.stdin.read()");

        PyProcess process = Described(target.ProcessId);

        Assert.Equal(("my-server", program, PyImplementation.CPython), (process.Name, process.Executable, process.Implementation));
        Assert.Matches(@"^3\.\d+\.\d+", process.PythonVersion);
    }

    [Fact]
    public void A_program_that_was_deleted_is_found()
    {
        string program = CopyOfAStaticInterpreter("gone");
        using Target target = StartReady(program, null, "-c", "import sys; print('ready', flush=True); sys.stdin.read()");
        File.Delete(program);

        PyProcess process = Described(target.ProcessId);
        Assert.Equal((program, true), (process.Executable, process.IsReplaced));
    }

    [Fact]
    public void A_program_that_loads_Python_as_a_library_is_found()
    {
        string? library = InterpreterSet.All.Where(one => !one.IsVariant).Select(SharedLibrary).FirstOrDefault(found => found is not null);
        Assert.SkipWhen(library is null, "no interpreter here has a shared libpython");
        string program = Toolchain.Compile(
            Folder, "embedding", """
            #include <stdio.h>
            extern void Py_Initialize(void);
            int main(void) { Py_Initialize(); puts("ready"); fflush(stdout); getchar(); return 0; }
            """, "-Wl,--no-as-needed", library, $"-Wl,-rpath,{Path.GetDirectoryName(library)}");
        string home = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(library)!, ".."));
        using Target target = StartReady(program, new() { Environment = new System.Collections.Generic.Dictionary<string, string> { ["PYTHONHOME"] = home } });

        PyProcess process = Described(target.ProcessId);

        Assert.Equal(("embedding", program), (process.Name, process.Executable));
        Assert.Contains(process.PythonVersion![..4].TrimEnd('.'), library, StringComparison.Ordinal);
    }

    [Fact]
    public void PyPy_is_told_from_CPython()
    {
        // Not a PyPy: a library of its name, which is what decides.
        string library = Toolchain.Compile(Folder, "libpypy3.10-c.so", "int pypy_main_startup(void) { return 0; }", "-shared", "-fPIC");
        string program = Toolchain.Compile(
            Folder, "pypy3.10", "extern int pypy_main_startup(void);\n" + Waiter.Replace("return 0", "return pypy_main_startup()", StringComparison.Ordinal),
            "-Wl,--no-as-needed", library, $"-Wl,-rpath,{Folder}");
        using Target target = StartReady(program);

        PyProcess process = Described(target.ProcessId);

        Assert.Equal((PyImplementation.PyPy, "3.10"), (process.Implementation, process.PythonVersion));
    }

    [Fact]
    public void A_process_whose_main_thread_has_ended_is_found()
    {
        using Target target = Target.Start(InterpreterSet.Any, "main_gone.py");
        Wait.Until(() => ProcOracle.State(target.ProcessId, target.ProcessId) == 'Z', "the main thread does not end");

        Assert.True(IsListed(target.ProcessId));
        Assert.Equal(InterpreterSet.Any.Version, Described(target.ProcessId).PythonVersion);
    }

    [Fact]
    public void A_program_that_is_only_called_python_is_not()
        => AssertIsNotPython(Toolchain.Compile(Folder, "python3.11", Waiter));

    [Fact]
    public void A_library_from_a_folder_of_Pythons_is_none()
    {
        string folder = Directory.CreateDirectory(Path.Combine(Folder, "python3", "dist-packages")).FullName;
        string library = Toolchain.Compile(folder, "python3.11.cpython-311.so", "int nothing(void) { return 0; }", "-shared", "-fPIC");
        AssertIsNotPython(Toolchain.Compile(
            Folder, "user", "extern int nothing(void);\n" + Waiter.Replace("return 0", "return nothing()", StringComparison.Ordinal),
            "-Wl,--no-as-needed", library, $"-Wl,-rpath,{folder}"));
    }

    [Fact]
    public void A_program_that_maps_an_interpreter_without_running_it_is_not()
    {
        string library = Path.Combine(Folder, "libpython3.11.so.1.0");
        File.WriteAllText(library, "any bytes");
        AssertIsNotPython(Toolchain.Compile(
            Folder, "debugger", """
            #include <fcntl.h>
            #include <stdio.h>
            #include <sys/mman.h>
            int main(int argc, char **argv)
            {
                if (mmap(0, 4096, PROT_READ, MAP_PRIVATE, open(argv[1], O_RDONLY), 0) == MAP_FAILED) return 1;
                puts("ready"); fflush(stdout); getchar(); return 0;
            }
            """), library);
    }

    // As a debugger that looks at a file's data and has a JIT whose code happens to lie between.
    [Fact]
    public void A_program_that_maps_an_interpreter_around_code_of_its_own_is_not()
    {
        AssertIsNotPython(Toolchain.Compile(
            Folder, "jit", """
            #define _GNU_SOURCE
            #include <fcntl.h>
            #include <stdio.h>
            #include <sys/mman.h>
            int main(int argc, char **argv)
            {
                int file = open(argv[1], O_RDONLY);
                char *at = mmap(0, 3 << 16, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
                if (mmap(at, 1 << 16, PROT_READ, MAP_PRIVATE | MAP_FIXED, file, 0) == MAP_FAILED
                    || mmap(at + (1 << 16), 1 << 16, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED
                    || mmap(at + (2 << 16), 1 << 16, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED, file, 1 << 16) == MAP_FAILED)
                    return 1;
                puts("ready"); fflush(stdout); getchar(); return 0;
            }
            """), LibraryWithInterpreter());
    }

    private string LibraryWithInterpreter()
        => Toolchain.Compile(Folder, "libpython3.11.so.1.0", "const char *Py_GetVersion(void) { return 0; } char fill[1 << 18] = { 1 };", "-shared", "-fPIC");

    [Fact]
    public void A_process_that_has_ended_is_not_found()
    {
        using Target target = Target.StartCommand(["true"]);
        target.WaitForExit();

        EngineException error = Assert.Throws<EngineException>(() => new PythonProcesses(SilentLog.Instance).Get(target.ProcessId));
        Assert.Equal(EngineError.ProcessNotFound, error.Error);
    }

    [Fact]
    public void A_process_that_ends_between_the_two_looks_is_left_out()
    {
        using Target target = Target.Start(InterpreterSet.Any, "one_thread.py");
        PythonProcess found = new PythonProcesses(SilentLog.Instance).Get(target.ProcessId);
        target.Kill();
        target.WaitForExit();

        Assert.Null(Details.Describe(found));
    }

    [Fact]
    public void A_list_that_is_cancelled_ends()
    {
        using CancellationTokenSource cancellation = new();
        cancellation.Cancel();
        Assert.Throws<OperationCanceledException>(() => new PythonProcesses(SilentLog.Instance).Find(cancellation.Token).ToList());
    }

    private static void AssertIsNotPython(string program, params string[] arguments)
    {
        using Target target = StartReady(program, null, arguments);
        EngineException error = Assert.Throws<EngineException>(() => new PythonProcesses(SilentLog.Instance).Get(target.ProcessId));
        Assert.Equal(EngineError.NotPython, error.Error);
        Assert.False(IsListed(target.ProcessId));
    }

    // A program that carries its interpreter itself: a distribution's, as a rule.
    private string CopyOfAStaticInterpreter(string name)
    {
        Interpreter? found = InterpreterSet.All.FirstOrDefault(one => !one.IsVariant && SharedLibrary(one) is null);
        Assert.SkipWhen(found is null, "every interpreter here has its code in a library");
        string copy = Path.Combine(Folder, name);
        File.Copy(found.Executable, copy);
        return copy;
    }

    private static string? SharedLibrary(Interpreter interpreter)
    {
        string folder = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(interpreter.Executable)!, "..", "lib"));
        return Directory.Exists(folder)
            ? Directory.GetFiles(folder, $"libpython{interpreter.Major}.{interpreter.Minor}*.so.*").FirstOrDefault()
            : null;
    }

    // As the process itself sees it, which may live in another root.
    private static string InterpreterNameOf(Interpreter interpreter) => "/" + Path.GetFileName(interpreter.Executable);

    private sealed class DebugLog : IEngineLog
    {
        public System.Collections.Generic.List<string> Lines { get; } = [];

        public bool IsDebugEnabled => true;

        public void Verbose(string message)
        {
        }

        public void Debug(string message) => Lines.Add(message);

        public void Warning(string message)
        {
        }

        public void Progress(string activity, string status, int percent)
        {
        }
    }
}
