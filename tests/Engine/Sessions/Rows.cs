using System;
using System.Linq;
using PyStack.TestSupport;
using PyStack.TestSupport.Interpreters;
using Xunit;

namespace PyStack.Engine.Tests.Sessions;

/// <summary>Rows of theories: interpreters by name, so that a test's display name can be read.</summary>
internal static class Rows
{
    private static readonly bool[] Modes = [false, true];

    /// <summary>One interpreter of each series.</summary>
    public static TheoryData<string> OnePerSeries() => [.. InterpreterSet.OnePerSeries.Select(one => one.Name)];

    /// <summary>One interpreter of each series, blocking and not.</summary>
    public static TheoryData<string, bool> OnePerSeriesAndMode()
        => [.. from one in InterpreterSet.OnePerSeries from noBlock in Modes select (one.Name, noBlock)];

    /// <summary>The oldest and the newest series, or what there is: for what does not depend on the version.</summary>
    public static TheoryData<string> OldestAndNewest()
        => [.. InterpreterSet.OnePerSeries.Where(one => TestMatrix.IsWhole || IsOldestOrNewest(one)).Select(one => one.Name)];

    /// <summary>
    /// The oldest and the newest of each kind of build and of start: for what depends on where the interpreter's code lies and how it is linked, and not
    /// on its structures. Where it runs in a root of its own its files are not those of the same names here.
    /// </summary>
    public static TheoryData<string> KindsOfBuild()
    {
        var kinds = InterpreterSet.All.Where(one => !one.HasOwnRoot).GroupBy(KindOf);
        return [.. kinds.SelectMany(kind => kind.Where((one, i) => TestMatrix.IsWhole || i == 0 || one == kind.Last())).Select(one => one.Name)];
    }

    // By the folder that it lies in: pyenv's are linked with a library, a distribution's and our own are not.
    private static string KindOf(Interpreter one)
        => $"{one.Name.Contains("pyenv", StringComparison.Ordinal)} {one.Command.Count > 1} {one.IsDebugBuild} {one.IsFreeThreaded}";

    /// <summary>The oldest and the newest series, blocking and not.</summary>
    public static TheoryData<string, bool> OldestAndNewestAndMode()
        => [.. from one in InterpreterSet.OnePerSeries where TestMatrix.IsWhole || IsOldestOrNewest(one) from noBlock in Modes select (one.Name, noBlock)];

    /// <summary>Whether an interpreter is of the oldest or the newest series that is here.</summary>
    public static bool IsOldestOrNewest(Interpreter one)
        => (one.Major, one.Minor) == (InterpreterSet.All[0].Major, InterpreterSet.All[0].Minor) || (one.Major, one.Minor) == (InterpreterSet.All[^1].Major, InterpreterSet.All[^1].Minor);
}
