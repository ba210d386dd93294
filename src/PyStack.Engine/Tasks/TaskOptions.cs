using System.Collections.Generic;

namespace PyStack.Engine.Tasks;

/// <summary>Which tasks are wanted.</summary>
internal sealed record TaskOptions
{
    /// <summary>Without coroutines that nobody runs: these need a walk over all objects.</summary>
    public static readonly TaskOptions Default = new();

    public IReadOnlySet<PyTaskKind> Kinds { get; init; } = new HashSet<PyTaskKind> { PyTaskKind.Asyncio, PyTaskKind.Greenlet, PyTaskKind.Trio };

    /// <summary>Whether tasks of a kind have to be found: also those that are not wanted, where coroutines are wanted that no task runs.</summary>
    public bool Finds(PyTaskKind kind) => Kinds.Contains(kind) || (kind is PyTaskKind.Asyncio or PyTaskKind.Trio && Kinds.Contains(PyTaskKind.Coroutine));

    /// <summary>More tasks of one process are not read.</summary>
    public int MaxTasks { get; init; } = 1_000_000;
}
