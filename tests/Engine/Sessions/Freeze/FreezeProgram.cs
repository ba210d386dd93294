using System;
using System.Collections.Generic;
using System.Linq;
using PyStack.TestSupport;
using PyStack.TestSupport.Interpreters;

namespace PyStack.Engine.Tests.Sessions.Freeze;

/// <summary>One of the programs in <c>tests/Programs/freeze</c>, with its arguments.</summary>
/// <param name="Name">What tests and the report call it.</param>
/// <param name="Words">The program, and its arguments; LIBRARY stands for the compiled <c>drop.c</c>.</param>
/// <param name="InGate">How many captures of it are taken for each series in the gate; 0: it is not part of it.</param>
/// <param name="InWhole">How many are taken for each series if the whole matrix is wanted.</param>
internal sealed record FreezeProgram(string Name, string Words, int InGate, int InWhole)
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<FreezeProgram> All { get; } =
    [
        new("4 threads, interval", "work.py 4 4 by_interval", 60, 300),
        new("4 threads, lock", "work.py 4 4 by_lock", 0, 300),
        new("4 threads, sleep", "work.py 4 4 by_sleep", 0, 300),
        new("4 threads, C", "work.py 4 4 in_c LIBRARY", 50, 300),
        new("ring of 4, lock", "ring.py 4 by_lock", 75, 400),
        new("ring of 32, interval", "ring.py 32 by_interval", 50, 200),
        new("ring of 32, C", "ring.py 32 in_c LIBRARY", 0, 150),
        new("come and go, sleep", "come_and_go.py 6 by_sleep", 75, 300),
        new("come and go, C", "come_and_go.py 6 in_c LIBRARY", 0, 200),
        new("attached from C, lock", "attached.py 4 by_lock LIBRARY", 75, 300),
        new("forks, sleep", "forks.py 3 by_sleep", 60, 200),
        new("shutting down, sleep", "ending.py 4 by_sleep", 20, 120),
        new("shutting down, interval", "ending.py 8 by_interval", 0, 120),
        new("3 interpreters, lock", "interpreters.py 2 2 by_lock", 25, 150),
        new("5 interpreters, interval", "interpreters.py 4 3 by_interval", 0, 60),
        new("32 threads, interval", "work.py 32 32 by_interval", 0, 60),
        new("32 threads, lock", "work.py 32 32 by_lock", 15, 60),
        new("32 threads, sleep", "work.py 32 32 by_sleep", 0, 60),
        new("32 threads, C", "work.py 32 32 in_c LIBRARY", 0, 60),
        new("1000 threads of which 8 run", "work.py 1000 8 by_interval", 6, 15),
        new("ring of 1000", "ring.py 1000 by_interval", 6, 15),
    ];

    public static FreezeProgram Named(string name) => All.First(one => one.Name == name);

    public string File => Words.Split(' ')[0];

    /// <summary>Whether native frames are wanted as well: symbols take longer than all else.</summary>
    public bool HasNative => Words.Contains("in_c", StringComparison.Ordinal);

    public int Captures => TestMatrix.Count(InGate, InWhole);

    /// <summary>Whether the program runs on an interpreter: <c>_xxsubinterpreters</c> came with 3.8. In the gate, those with many threads run on the newest.</summary>
    public bool RunsOn(Interpreter interpreter, bool isNewest)
        => Captures > 0 && (File != "interpreters.py" || interpreter.IsAtLeast(3, 8)) && (TestMatrix.IsWhole || !HasManyThreads || isNewest);

    private bool HasManyThreads => Words.Contains(" 1000 ", StringComparison.Ordinal) || Words.Contains(" 32 32 ", StringComparison.Ordinal);

    public string[] Arguments(Func<string> library) => [.. Words.Split(' ').Skip(1).Select(one => one == "LIBRARY" ? library() : one)];

    public override string ToString() => Name;
}
