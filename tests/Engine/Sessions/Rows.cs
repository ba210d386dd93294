using System.Linq;
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

    /// <summary>The oldest and the newest series, or what there is.</summary>
    public static TheoryData<string> OldestAndNewest()
        => [.. InterpreterSet.OnePerSeries.Where((one, i) => i == 0 || (one.Major, one.Minor) == (InterpreterSet.All[^1].Major, InterpreterSet.All[^1].Minor)).Select(one => one.Name)];
}
