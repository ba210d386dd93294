using System.Collections.Generic;

namespace PyStack.Engine.Tasks;

/// <summary>Which tasks are wanted.</summary>
internal sealed record TaskOptions
{
    /// <summary>Without coroutines that nobody runs: these need a walk over all objects.</summary>
    public static readonly TaskOptions Default = new();

    public IReadOnlySet<PyTaskKind> Kinds { get; init; } = new HashSet<PyTaskKind> { PyTaskKind.Asyncio, PyTaskKind.Greenlet, PyTaskKind.Trio };

    /// <summary>More tasks of one process are not read.</summary>
    public int MaxTasks { get; init; } = 1_000_000;
}
