using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using PyStack.Engine.Tests.Elf;
using PyStack.TestSupport;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Targets;
using PyStack.TestSupport.Toolchains;
using Xunit;

namespace PyStack.Engine.Tests.Sessions.NativeStacks;

/// <summary>Frames of functions that Cython has made have their names and lines in the <c>.pyx</c> file.</summary>
public sealed class CythonTests
{
    private static readonly string Fixture = Path.Combine(Repository.Root, "tests", "Engine", "Fixtures", "cython");

    private static readonly string[] Pyx = File.ReadAllLines(Path.Combine(Fixture, "cyhang.pyx"));

    /// <summary>Those that Cython 3.1.6 makes code for and that have headers.</summary>
    public static TheoryData<string> Interpreters()
        => [.. InterpreterSet.All.Where(one => one is { Major: 3, Minor: >= 9 and <= 13, IsFreeThreaded: false, HasOwnRoot: false } && Headers(one) is not null).Select(one => one.Name)];

    [Theory]
    [MemberData(nameof(Interpreters))]
    public void Each_frame_has_its_function_and_its_line_of_the_source(string interpreter)
    {
        string library = Module(InterpreterSet.Named(interpreter));
        using Target target = Target.Start(InterpreterSet.Named(interpreter), "cython_module.py", new() { Arguments = [Path.GetDirectoryName(library)!] });

        Dictionary<string, string[]> stacks = Captures.Once(target, Captures.Native).Where(thread => thread.PythonName is not "MainThread")
            .ToDictionary(thread => thread.PythonName!, thread => thread.Frames.Where(IsOfPyx).Select(frame => $"{frame.Function} {frame.Line}").ToArray());

        Assert.Equal([$"cyhang.outer {LineOf("return Worker(pause).run(")}", $"cyhang.Worker.run {LineOf("result += inner")}", $"cyhang.inner {LineOf("    pause()")}"], stacks["a_method"]);
        Assert.Equal([$"cyhang.outer {LineOf("return Worker(pause).step")}", $"cyhang.Worker.step {LineOf("return inner(self.pause) + n")}", $"cyhang.inner {LineOf("    pause()")}"], stacks["a_cpdef_method"]);
        Assert.Equal([$"cyhang.outer {LineOf("return call()")}", $"lambda {LineOf("call = lambda")}"], stacks["a_lambda"]);
        Assert.Equal([$"cyhang.outer {LineOf("return list(numbers")}", $"cyhang.generator {LineOf("    pause()", after: "yield 1")}"], stacks["a_generator"]);
    }

    [Fact]
    public void Without_the_file_that_Cython_wrote_the_frames_keep_their_lines_in_it()
    {
        Interpreter interpreter = InterpreterSet.All.FirstOrDefault(one => Interpreters().Any(row => row.Data == one.Name)) ?? throw new InvalidOperationException();
        using TemporaryFolder folder = new();
        string library = Made(interpreter, folder.Path);
        File.Delete(Path.Combine(folder.Path, "cyhang.c"));
        using Target target = Target.Start(interpreter, "cython_module.py", new() { Arguments = [folder.Path] });

        PyFrame[] frames = [.. Captures.Once(target, Captures.Native).SelectMany(thread => thread.Frames).Where(frame => frame.Library == library && frame.Function == "cyhang.inner")];

        Assert.NotEmpty(frames);
        Assert.All(frames, frame => Assert.EndsWith("cyhang.c", frame.File, StringComparison.Ordinal));
        Assert.All(frames, frame => Assert.InRange(frame.Line!.Value, Pyx.Length * 4, 100_000));
    }

    // Wrappers unpack the arguments; which of them the compiler has merged with their functions depends on it.
    private static bool IsOfPyx(PyFrame frame)
        => frame is { Kind: PyFrameKind.Native, Function: string function } && frame.File?.EndsWith(".pyx", StringComparison.Ordinal) == true && !function.EndsWith("(wrapper)", StringComparison.Ordinal);

    private static int LineOf(string text, string? after = null)
    {
        int start = after is null ? 0 : Array.FindIndex(Pyx, line => line.Contains(after, StringComparison.Ordinal));
        return Array.FindIndex(Pyx, start, line => line.Contains(text, StringComparison.Ordinal)) + 1;
    }

    private static string? Headers(Interpreter one)
    {
        string folder = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(one.Executable)!, "..", "include", $"python{one.Major}.{one.Minor}"));
        return File.Exists(Path.Combine(folder, "Python.h")) ? folder : null;
    }

    private static string Module(Interpreter one)
        => BuildCache.Get("cyhang.so", "gcc", [Headers(one)!, one.Version, Convert.ToHexString(File.ReadAllBytes(Path.Combine(Fixture, "cyhang.c.xz")))], folder => Made(one, folder));

    private static string Made(Interpreter one, string folder)
    {
        string source = Path.Combine(folder, "cyhang.c");
        string library = Path.Combine(folder, "cyhang.so");
        File.Copy(Path.Combine(Fixture, "cyhang.c.xz"), source + ".xz", overwrite: true);
        Toolchain.Run("xz", "-d", "-f", source + ".xz");
        Toolchain.Run("gcc", "-O1", "-g", "-w", "-shared", "-fPIC", $"-I{Headers(one)}", "-o", library, source);
        return library;
    }
}
