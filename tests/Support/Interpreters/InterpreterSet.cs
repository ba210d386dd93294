using System;
using System.Collections.Generic;
using System.Linq;

namespace PyStack.TestSupport.Interpreters;

/// <summary>Every CPython of this machine that the engine knows.</summary>
public static class InterpreterSet
{
    /// <summary>The series that the engine knows, and that the report therefore speaks of: 2.7, and 3.6 to 3.15.</summary>
    public static IReadOnlyList<(int Major, int Minor)> Series { get; } = [(2, 7), .. Enumerable.Range(6, 10).Select(minor => (3, minor))];

    private static readonly Lazy<InterpreterDiscovery> Discovered = new(InterpreterDiscovery.Run);

    /// <summary>All ways to start all of them, by version.</summary>
    public static IReadOnlyList<Interpreter> All => Discovered.Value.Interpreters;

    /// <summary>Those that are older than what the engine knows: before 2.7, and 3.0 to 3.5.</summary>
    public static IReadOnlyList<Interpreter> Older => Discovered.Value.Older;

    /// <summary>What was looked for and could not be used, and why.</summary>
    public static IReadOnlyList<string> Refused => Discovered.Value.Refused;

    /// <summary>One for each series, for tests that take long.</summary>
    public static IEnumerable<Interpreter> OnePerSeries => All.GroupBy(one => (one.Major, one.Minor)).Select(series => series.First());

    /// <summary>Any one, where the version is of no matter: one in the middle rather than the newest.</summary>
    public static Interpreter Any => All.FirstOrDefault(one => one.Minor == 12) ?? All.FirstOrDefault(one => one.Major == 3) ?? All[0];

    public static Interpreter Named(string name) => All.First(one => one.Name == name);
}
