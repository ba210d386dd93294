using System;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Profiling;

/// <summary>What is measured, and how.</summary>
internal sealed record ProfileOptions
{
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Samples of each thread in a second.</summary>
    public double Rate { get; init; } = 1000;

    public PyProfileMode Mode { get; init; }

    /// <summary>Whether the processes that these start are measured, too.</summary>
    public bool IncludeChildren { get; init; }

    public Limits Limits { get; init; } = Limits.Default;
}
