using System;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Profiling;

/// <summary>What is measured, and how.</summary>
internal sealed record ProfileOptions
{
    /// <summary>How long to measure; null for no limit.</summary>
    public TimeSpan? Duration { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Samples of each thread in a second.</summary>
    public double Rate { get; init; } = 1000;

    public PyProfileMode Mode { get; init; }

    /// <summary>Whether stacks have native frames.</summary>
    public bool Native { get; init; }

    /// <summary>Whether all writable memory is searched for an interpreter that is not found in another way.</summary>
    public bool Exhaustive { get; init; }

    /// <summary>Whether samples of a thread that runs a task of asyncio are those of the task.</summary>
    public bool Tasks { get; init; }

    public Limits Limits { get; init; } = Limits.Default;
}
