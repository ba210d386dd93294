using System;
using System.Collections.Generic;
using System.Linq;
using PyStack.TestSupport;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Sessions;

/// <summary>One program of <c>tests/Programs</c>, started in one way.</summary>
internal sealed record Situation(string Name, string Program, TargetOptions Options)
{
    /// <summary>What an interpreter is also tried in that is only another way to start, or another build of, one that is here.</summary>
    private static readonly string[] ForVariants =
        ["a hundred named threads", "names that are no ASCII", "code that was specialised", "coroutines in event loops", "a command"];

    /// <summary>The oldest version that has what this is about.</summary>
    public (int Major, int Minor) Since { get; private init; } = (2, 7);

    /// <summary>The newest one.</summary>
    public (int Major, int Minor) Until { get; private init; } = (int.MaxValue, 0);

    private static readonly Situation[] All =
    [
        new("one thread", "one_thread.py"),
        new("a hundred named threads", "many_threads.py"),
        new("a blocked and a running thread", "spinning.py"),
        new("functions, classes and contexts", "functions.py"),
        new("exceptions on their way", "exceptions.py"),
        new("generators and comprehensions", "generators.py"),
        new("coroutines in event loops", "coroutines.py") { Since = (3, 6) }, // async generators
        new("a coroutine of the main thread", "asyncio_main.py") { Since = (3, 7) }, // asyncio.run
        new("recursion 5,000 deep", "recursion.py"),
        new("Python called by C", "callbacks.py"),
        new("Python called by ctypes", "ctypes_callback.py"),
        new("a signal handler", "signal_handler.py"),
        new("code compiled from text", "compiled_text.py"),
        new("expressions over many lines", "many_lines.py"),
        new("lines and columns far apart", "far_lines.py"),
        new("code without lines", "no_lines.py"),
        new("names that are no ASCII", "non_ascii.py") { Since = (3, 6) },
        new("names that are bytes", "byte_names.py") { Until = (2, 7) },
        new("a file name that is no ASCII", "é_Ω_漢_😀.py"),
        new("code that was specialised", "hot.py"),
        new("code that was compiled at run time", "hot.py", new() { Environment = Set("PYTHON_JIT", "1") }) { Since = (3, 13) },
        new("newer syntax", "newer_syntax.py") { Since = (3, 8) },
        new("code without columns", "many_lines.py", new() { InterpreterOptions = ["-X", "no_debug_ranges"] }) { Since = (3, 11) },
        new("optimised code", "functions.py", new() { InterpreterOptions = ["-OO"] }),
        new("a module run by name", "", new() { InterpreterOptions = ["-m", "one_thread"] }),
        new("a command", "", new() { InterpreterOptions = ["-c", "import os, oracle; oracle.start()\nos.read(0, 1)"] }),
    ];

    private Situation(string name, string program)
        : this(name, program, TargetOptions.Default)
    {
    }

    /// <summary>Every situation with every interpreter that can be in it.</summary>
    public static TheoryData<string, string> WithEveryInterpreter()
        => [.. from interpreter in InterpreterSet.All
               from situation in All
               where situation.Has(interpreter) && (!IsVariant(interpreter) || ForVariants.Contains(situation.Name))
               select (interpreter.Name, situation.Name)];

    // The same version is here without a compiler at work, and without its debug file.
    private static bool IsVariant(Interpreter one)
        => one.IsVariant || (!TestMatrix.IsWhole && (one.IsJit || one.Name.EndsWith("-dbg", StringComparison.Ordinal)));

    /// <summary>Starts an interpreter in a situation.</summary>
    public static Target Start(string interpreter, string situation)
    {
        Situation found = All.First(one => one.Name == situation);
        return Target.Start(InterpreterSet.Named(interpreter), found.Program, found.Options);
    }

    private bool Has(Interpreter interpreter)
        => interpreter.IsAtLeast(Since.Major, Since.Minor) && (interpreter.Major, interpreter.Minor).CompareTo(Until) <= 0;

    private static Dictionary<string, string> Set(string name, string value) => new() { [name] = value };
}
