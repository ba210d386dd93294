using System;

namespace PyStack.TestSupport;

/// <summary>
/// How much of versions, modes and repetitions a run goes through. Each version's structures are read in every run; what does not depend on the
/// version runs on the oldest and the newest. With <c>PYSTACK_TESTS=all</c> everything runs on every version, and what is repeated is repeated more often.
/// </summary>
public static class TestMatrix
{
    /// <summary>Whether the whole matrix is wanted.</summary>
    public static bool IsWhole { get; } = Environment.GetEnvironmentVariable("PYSTACK_TESTS") == "all";

    /// <summary>How often something is repeated: in the gate, and if the whole matrix is wanted.</summary>
    public static int Count(int gate, int whole) => IsWhole ? whole : gate;
}
