using System;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Sessions;

/// <summary>How processes are watched.</summary>
internal sealed record WatchOptions
{
    /// <summary>Samples of each thread in a second, at the most: sampling takes no more than a twentieth of a processor.</summary>
    public double Rate { get; init; } = 100;

    /// <summary>For how long samples count; zero for those of the last interval.</summary>
    public TimeSpan Window { get; init; }

    /// <summary>Also search all writable memory for the interpreter.</summary>
    public bool Exhaustive { get; init; }

    public Limits Limits { get; init; } = Limits.Default;
}
