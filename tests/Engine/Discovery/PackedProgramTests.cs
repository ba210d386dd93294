using System;
using System.Globalization;
using System.IO;
using System.Linq;
using PyStack.Engine.Discovery;
using PyStack.Engine.Primitives;
using PyStack.Engine.Tests.Elf;
using PyStack.Engine.Tests.Sessions;
using PyStack.TestSupport;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Discovery;

/// <summary>Programs whose file hides their Python: the error says what they are and what helps.</summary>
public sealed class PackedProgramTests : IDisposable
{
    /// <summary>Starts what its arguments say, as PyInstaller's first process does, and waits for it.</summary>
    private const string Parent = """
        #include <sys/wait.h>
        #include <unistd.h>
        int main(int argc, char **argv)
        {
            pid_t child = fork();
            if (child == 0) {
                execv(argv[1], argv + 1);
                _exit(1);
            }
            waitpid(child, 0, 0);
            return 0;
        }
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Of_PyInstallers_first_process_the_child_is_named_that_has_Python()
    {
        string program = Toolchain.Compile(_folder.Path, "app", Parent);
        Mark(program, [.. "MEI"u8, 0x0c, 0x0b, 0x0a, 0x0b, 0x0e, .. new byte[80]]); // the cookie of pyi_archive.h
        Interpreter python = InterpreterSet.OnePerSeries.Last(one => !one.HasOwnRoot);
        using Target target = Target.StartSilent(python with { Command = [program, .. python.Command] }, "one_thread.py");
        int child = OracleReport.Parse(target.ReadLine()).ProcessId;

        EngineException error = Assert.Throws<EngineException>(() => Captures.Once(target, Captures.Blocking));
        EngineException listed = Assert.Throws<EngineException>(() => new PythonProcesses(SilentLog.Instance).Get(target.ProcessId));

        Assert.All((EngineException[])[error, listed], one =>
        {
            Assert.Equal(EngineError.NotPython, one.Error);
            Assert.Contains("the first process of a PyInstaller program", one.Message, StringComparison.Ordinal);
            Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"Its child process {child} has Python"), one.RecommendedAction, StringComparison.Ordinal);
        });
    }

    // The mark without a packer: a build-id is near the beginning of the file, and may be any bytes.
    [Fact]
    public void Of_a_packed_program_it_is_said_that_a_search_helps()
    {
        string program = Toolchain.Compile(_folder.Path, "packed", "#include <unistd.h>\nint main(void) { char c; return (int)read(0, &c, 1); }", "-Wl,--build-id=0x55505821");
        using Target target = Target.StartCommand([program]);
        Wait.Until(() => ProcOracle.IsReading(target.ProcessId, target.ProcessId), "it does not come to wait");

        EngineException error = Assert.Throws<EngineException>(() => Captures.Once(target, Captures.Blocking));
        EngineException searched = Assert.Throws<EngineException>(() => Captures.Once(target, Captures.Blocking with { Exhaustive = true }));

        Assert.Equal((EngineError.NotPython, EngineError.NotPython), (error.Error, searched.Error));
        Assert.Contains("packed by UPX", error.Message, StringComparison.Ordinal);
        Assert.Contains("Get-PyStack -Exhaustive", error.RecommendedAction, StringComparison.Ordinal);
        Assert.DoesNotContain("-Exhaustive", searched.RecommendedAction, StringComparison.Ordinal);
    }

    [Fact]
    public void A_Python_that_UPX_has_packed_is_found_by_a_search()
    {
        Interpreter? python = InterpreterSet.All.FirstOrDefault(one => one.Executable.StartsWith("/usr/bin/", StringComparison.Ordinal) && !one.IsVariant);
        Assert.SkipWhen(python is null, "Debian's python3, which has no libpython, is not installed");
        string packed = Path.Combine(_folder.Path, "packed");
        _ = Toolchain.Run("upx-ucl", "-q", "-1", "-o", packed, python.Executable);
        using Target target = Target.Start(python with { Command = [packed] }, "one_thread.py");

        EngineException error = Assert.Throws<EngineException>(() => Captures.Once(target, Captures.Blocking));

        Assert.Equal(EngineError.NotPython, error.Error);
        Assert.Contains("packed by UPX", error.Message, StringComparison.Ordinal);
        OracleComparison.AssertAgrees(target, Captures.Once(target, Captures.Blocking with { Exhaustive = true }));
    }

    private static void Mark(string program, byte[] end)
    {
        using FileStream file = new(program, FileMode.Append);
        file.Write(end);
    }
}
