using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using PyStack.Engine.Capture.NativeStacks;
using PyStack.Engine.Tests.Elf;
using PyStack.TestSupport;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Sessions.NativeStacks;

/// <summary>Every native frame is what gdb says it is.</summary>
public sealed class GdbTests
{
    private static readonly (string Function, int Argument)[] Situations =
        [("tail", 5), ("aligned", 3), ("in_handler", 0), ("in_handler", 1), ("switched", 1), ("sorting", 2)];

    // Whichever of them Python comes by first.
    private static readonly string[] Allocators = ["malloc", "calloc", "realloc", "free"];

    /// <summary>gdb must see the same files as we: not so in a root of its own, and it does not know a program that the loader was told to run.</summary>
    public static TheoryData<string> Interpreters() => [.. InterpreterSet.All.Where(one => !one.HasOwnRoot && one.Command[0] == one.Executable).Select(one => one.Name)];

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
    [InlineData("-O2 -g", 0)]
    [InlineData("-O3 -g -fomit-frame-pointer", 1)]
    [InlineData("-O2 -g -fcf-protection", 2)]
    [InlineData("-O1 -gdwarf-4 -gz=zlib", 3)]
    [InlineData("-O2 -gdwarf-3 -fno-asynchronous-unwind-tables", 4)]
    [InlineData("-O0 -gdwarf-2", 5)]
    [InlineData("-O2 -g -gsplit-dwarf", 0)]
    [InlineData("-O2 -gdwarf-4 -gsplit-dwarf", 3)]
    [InlineData("-O2", 0)]
    public void In_C_however_it_is_compiled(string flags, int ofMainThread)
        => AssertAllAgree(
            Toolchain.Shared("libnative.so", File.ReadAllText(Programs.PathOf("native.c")), ["-shared", "-fPIC", "-pthread", .. flags.Split(' ')]), flags, ofMainThread);

    [Theory]
    [InlineData("O0", 1)]
    [InlineData("O2", 3)]
    [InlineData("O3", 4)]
    public void In_C_that_clang_has_compiled(string level, int ofMainThread)
    {
        Assert.SkipUnless(RuntimeInformation.ProcessArchitecture == Architecture.X64, "the fixtures are libraries for x86-64");
        AssertAllAgree(Path.Combine(Repository.Root, "tests", "Engine", "Fixtures", "clang", $"libnative-{level}.so"), $"clang {level}", ofMainThread);
    }

    [Fact]
    public void In_C_whose_debug_information_is_in_a_package_of_DWARF_4_beside_it()
    {
        using TemporaryFolder folder = new();
        string other = Path.Combine(folder.Path, "other.c");
        File.WriteAllText(other, "static int twice(int i) { return 2 * i; }\nint other(int i) { return twice(i) + 1; }\n");
        string library = Toolchain.Compile(folder.Path, "libnative.so", NativeSource, "-shared", "-fPIC", "-pthread", "-O2", "-gdwarf-4", "-gsplit-dwarf", other);
        string[] parts = Directory.GetFiles(folder.Path, "*.dwo");
        Assert.Equal(2, parts.Length);
        Toolchain.Run("dwp", "-e", library, "-o", library + ".dwp");
        Array.ForEach(parts, File.Delete);

        AssertAllAgree(library, "C in a package, DWARF 4", 0);
    }

    /// <summary>The packagers of binutils 2.40 and LLVM 14 do not make one of DWARF 5: its index (DWARF 5, 7.3.5.3) is written here.</summary>
    [Fact]
    public void In_C_whose_debug_information_is_in_a_package_of_DWARF_5_beside_it()
    {
        using TemporaryFolder folder = new();
        string library = Toolchain.Compile(folder.Path, "libnative.so", NativeSource, "-shared", "-fPIC", "-pthread", "-O2", "-gdwarf-5", "-gsplit-dwarf");
        string part = Assert.Single(Directory.GetFiles(folder.Path, "*.dwo"));
        string info = Path.Combine(folder.Path, "info");
        Toolchain.Run("objcopy", "-O", "binary", $"--only-section=.debug_info.dwo", "--set-section-flags", ".debug_info.dwo=alloc", part, info);
        ulong id = BitConverter.ToUInt64(File.ReadAllBytes(info), 12);
        uint[] sections = [1, 3, 6, 8];
        uint size = 1 << 24;
        ulong[] slots = id % 2 == 0 ? [id, 0] : [0, id];
        uint[] rows = id % 2 == 0 ? [1, 0] : [0, 1];
        byte[] index = [.. new uint[] { 5, 4, 1, 2 }.SelectMany(BitConverter.GetBytes), .. slots.SelectMany(BitConverter.GetBytes), .. rows.SelectMany(BitConverter.GetBytes),
            .. sections.SelectMany(BitConverter.GetBytes), .. new uint[4].SelectMany(BitConverter.GetBytes), .. Enumerable.Repeat(size, 4).SelectMany(BitConverter.GetBytes)];
        Toolchain.Run("objcopy", "--add-section", $".debug_cu_index={folder.Write("index", index)}", part, library + ".dwp");
        File.Delete(part);

        Dictionary<int, NativeStack> stacks;
        using (Target target = Target.Start(InterpreterSet.Any, "native.py", new() { Arguments = [library, "tail", "5"] }))
        {
            stacks = NativeStacksOf.Process(target);
        }

        string[] expected;
        string whole = Toolchain.Compile(folder.Path, "libwhole.so", NativeSource, "-shared", "-fPIC", "-pthread", "-O2", "-gdwarf-5");
        using (Target target = Target.Start(InterpreterSet.Any, "native.py", new() { Arguments = [whole, "tail", "5"] }))
        {
            expected = InLibrary(NativeStacksOf.Process(target), whole);
        }

        Assert.NotEmpty(expected);
        Assert.Equal(expected, InLibrary(stacks, library));
    }

    private static string NativeSource => File.ReadAllText(Programs.PathOf("native.c"));

    private static string[] InLibrary(Dictionary<int, NativeStack> stacks, string library)
        => [.. stacks.Values.SelectMany(stack => stack.Frames).Where(frame => frame.Library == library).Select(frame => $"{frame.Function}:{frame.Line}{(frame.IsInlined ? " inlined" : "")}")];

    // All situations in threads of one process, for one gdb: each compiler's file has another one in the main thread, whose stack is of another kind.
    private static void AssertAllAgree(string library, string flags, int ofMainThread)
    {
        string[] calls = [.. Situations.OrderBy(one => one == Situations[ofMainThread]).SelectMany(one => (string[])[one.Function, $"{one.Argument}"])];
        using Target target = Target.Start(InterpreterSet.Any, "native.py", new() { Arguments = [library, .. calls] });
        Assert.Equal(Situations.Length, ProcOracle.Threads(target.ProcessId).Count);

        GdbComparison.AssertAgrees(target, $"C, {flags}", isSwitched: true);
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

        // It cannot end by itself: what it would do for that needs the lock.
        target.Kill();
    }

    // A stripped libc has no names for what its functions call inside; those that it exports may have aliases that begin with __libc_ or __GI_.
    private static bool IsIn(NativeStack stack, string function)
        => stack.Frames.Any(frame => frame.Function is string name && (name.EndsWith(function, StringComparison.Ordinal) || name.Contains($"_{function}_", StringComparison.Ordinal)));

    // The system call's number: 202 on x86-64, 98 on aarch64.
    private static bool IsInFutex(int processId, int threadId)
        => File.ReadAllText($"/proc/{processId}/task/{threadId}/syscall").Split(' ')[0] is "202" or "98";

    [Theory]
    [InlineData("-O2 -g -gdwarf-5")]
    [InlineData("-O0 -g")]
    [InlineData("-O2")]
    public void In_Cpp_with_templates_and_an_exception_in_flight(string flags)
    {
        string library = Toolchain.SharedBy("g++", "libnative.so", "native.cpp", ["-shared", "-fPIC", .. flags.Split(' ')]);
        using Target target = Target.Start(InterpreterSet.Any, "native.py", new() { Arguments = [library, "in_flight", "3", "templates", "3"] });

        GdbComparison.AssertAgrees(target, $"C++, {flags}");
    }

    [Theory]
    [InlineData()]
    [InlineData("-C", "symbol-mangling-version=v0")]
    public void In_Rust_whose_names_are_read(params string[] mangling)
    {
        string library = Toolchain.SharedBy(
            "rustc", "libnative.so", "native.rs", ["--edition", "2021", "-O", "-C", "debuginfo=0", .. mangling, "--crate-type", "cdylib", "--crate-name", "native"]);
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
        string library = Toolchain.Shared(
            "libnative.so", File.ReadAllText(Programs.PathOf("native.c")), "-shared", "-fPIC", "-pthread", "-O2", "-Wl,--no-eh-frame-hdr", "-s");
        using Target target = Target.Start(InterpreterSet.Any, "native.py", new() { Arguments = [library, "tail", "4"] });

        GdbComparison.AssertAgrees(target, "stripped, without .eh_frame_hdr");
    }
}
