using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using PyStack.Engine.Sessions.NativeStacks;
using PyStack.Engine.Tests.Elf;
using PyStack.TestSupport;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Sessions.NativeStacks;

/// <summary>Every native frame is what gdb says it is.</summary>
public sealed class GdbTests : IDisposable
{
    private static readonly string[][] CFlags =
    [
        ["-O2", "-g"],
        ["-O3", "-g", "-fomit-frame-pointer"],
        ["-O2", "-g", "-fcf-protection"],
        ["-O1", "-gdwarf-4", "-gz=zlib"],
        ["-O2", "-gdwarf-3", "-fno-asynchronous-unwind-tables"],
        ["-O0", "-gdwarf-2"],
        ["-O2"],
    ];

    private static readonly (string Function, int Argument)[] Situations =
        [("tail", 5), ("aligned", 3), ("in_handler", 0), ("in_handler", 1), ("switched", 1), ("sorting", 2)];

    // Whichever of them Python comes by first.
    private static readonly string[] Allocators = ["malloc", "calloc", "realloc", "free"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>gdb must see the same files as we: not so in a root of its own, and it does not know a program that the loader was told to run.</summary>
    public static TheoryData<string> Interpreters() => [.. InterpreterSet.All.Where(one => !one.HasOwnRoot && one.Command[0] == one.Executable).Select(one => one.Name)];

    public static TheoryData<string, string, int> Libraries()
    {
        TheoryData<string, string, int> data = [];
        foreach (string[] flags in CFlags)
        {
            foreach ((string function, int argument) in Situations)
            {
                data.Add(string.Join(' ', flags), function, argument);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Interpreters))]
    public void In_every_interpreter(string interpreter)
    {
        using Target callback = Target.Start(InterpreterSet.Named(interpreter), "callbacks.py");
        GdbComparison.AssertAgrees(callback, $"{interpreter}, callbacks");
        using Target threads = Target.Start(InterpreterSet.Named(interpreter), "functions.py");
        GdbComparison.AssertAgrees(threads, $"{interpreter}, threads");
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public void In_C_however_it_is_compiled(string flags, string function, int argument)
    {
        string library = Toolchain.Compile(
            _folder.Path, "libnative.so", File.ReadAllText(Programs.PathOf("native.c")), ["-shared", "-fPIC", "-pthread", .. flags.Split(' ')]);
        using Target target = Target.Start(
            InterpreterSet.Any, "native.py", new() { Arguments = [library, function, $"{argument}"] });

        GdbComparison.AssertAgrees(target, $"{function} {flags}", isSwitched: function == "switched");
    }

    public static TheoryData<string, string, int> ClangLibraries()
    {
        TheoryData<string, string, int> data = [];
        foreach (string level in (string[])["O0", "O2", "O3"])
        {
            foreach ((string function, int argument) in Situations)
            {
                data.Add(level, function, argument);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(ClangLibraries))]
    public void In_C_that_clang_has_compiled(string level, string function, int argument)
    {
        Assert.SkipUnless(RuntimeInformation.ProcessArchitecture == Architecture.X64, "the fixtures are libraries for x86-64");
        string library = Path.Combine(Repository.Root, "tests", "Engine", "Fixtures", "clang", $"libnative-{level}.so");
        using Target target = Target.Start(InterpreterSet.Any, "native.py", new() { Arguments = [library, function, $"{argument}"] });

        GdbComparison.AssertAgrees(target, $"{function} clang {level}", isSwitched: function == "switched");
    }

    [Fact]
    public void In_a_thread_that_waits_for_the_lock_of_malloc()
    {
        using Target target = Target.StartSilent(InterpreterSet.Any, "malloc_lock.py", new() { Environment = new Dictionary<string, string> { ["MALLOC_ARENA_MAX"] = "1" } });
        Wait.Until(
            () => NativeStacksOf.Process(target).Any(one => IsIn(one.Value, "malloc_stats") && IsIn(one.Value, "write"))
                && NativeStacksOf.Process(target).Any(one => IsInFutex(target.ProcessId, one.Key) && Allocators.Any(name => IsIn(one.Value, name))),
            "no thread waits for malloc's lock");

        GdbComparison.AssertAgrees(target, "malloc's lock");
    }

    // A stripped libc has no names for what its functions call inside; those that it exports may have aliases that begin with __libc_ or __GI_.
    private static bool IsIn(NativeStack stack, string function)
        => stack.Frames.Any(frame => frame.Function is string name && (name.EndsWith(function, StringComparison.Ordinal) || name.Contains($"_{function}_", StringComparison.Ordinal)));

    // The system call's number: 202 on x86-64, 98 on aarch64.
    private static bool IsInFutex(int processId, int threadId)
        => File.ReadAllText($"/proc/{processId}/task/{threadId}/syscall").Split(' ')[0] is "202" or "98";

    [Theory]
    [InlineData("in_flight", "-O2 -g")]
    [InlineData("in_flight", "-O0 -g")]
    [InlineData("templates", "-O2 -g -gdwarf-5")]
    [InlineData("templates", "-O2")]
    public void In_Cpp_with_templates_and_an_exception_in_flight(string function, string flags)
    {
        string library = Path.Combine(_folder.Path, "libnative.so");
        Toolchain.Run("g++", ["-shared", "-fPIC", .. flags.Split(' '), "-o", library, Programs.PathOf("native.cpp")]);
        using Target target = Target.Start(InterpreterSet.Any, "native.py", new() { Arguments = [library, function, "3"] });

        GdbComparison.AssertAgrees(target, $"{function} {flags}");
    }

    [Theory]
    [InlineData()]
    [InlineData("-C", "symbol-mangling-version=v0")]
    public void In_Rust_whose_names_are_read(params string[] mangling)
    {
        string library = Path.Combine(_folder.Path, "libnative.so");
        Toolchain.Run(
            "rustc", ["--edition", "2021", "-O", "-C", "debuginfo=0", .. mangling, "--crate-type", "cdylib", "--crate-name", "native", "-o", library, Programs.PathOf("native.rs")]);
        using Target target = Target.Start(InterpreterSet.Any, "native.py", new() { Arguments = [library, "rusty", "3"] });

        string?[] functions = [.. NativeStacksOf.Process(target)[target.ProcessId].Frames.Where(frame => frame.Library == library).Select(frame => frame.Function)];

        Assert.Equal("rusty", functions[0]);
        Assert.StartsWith("native::each", functions[1], StringComparison.Ordinal);

        // The older mangling has the parameter's name and the newer one what it stands for.
        Assert.Contains(functions, function => function is "<alloc::vec::Vec<i32> as native::inner::Waits>::wait" or "<alloc::vec::Vec<T> as native::inner::Waits>::wait");
    }

    [Fact]
    public void Without_the_table_of_its_unwind_information()
    {
        string library = Toolchain.Compile(
            _folder.Path, "libnative.so", File.ReadAllText(Programs.PathOf("native.c")), "-shared", "-fPIC", "-pthread", "-O2", "-Wl,--no-eh-frame-hdr", "-s");
        using Target target = Target.Start(InterpreterSet.Any, "native.py", new() { Arguments = [library, "tail", "4"] });

        GdbComparison.AssertAgrees(target, "stripped, without .eh_frame_hdr");
    }
}
