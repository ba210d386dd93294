using PyStack.Engine.Targets.Live.Procfs;

namespace PyStack.Engine.Targets.Live.Access;

/// <summary>Which access the kernel has refused.</summary>
internal enum AccessRefusal
{
    /// <summary>Nothing: the memory could be read.</summary>
    None,

    /// <summary>To read its maps or its memory.</summary>
    Read,

    /// <summary>To trace it, though its memory can be read.</summary>
    Trace,
}

/// <summary>All facts that decide whether a process can be read, so that the decision can be tested without a process.</summary>
internal sealed record AccessFacts
{
    public required ObserverFacts Observer { get; init; }

    public required ProcessFacts Target { get; init; }

    public AccessRefusal Refusal { get; init; }

    /// <summary>Whether the target is the observer itself.</summary>
    public bool IsSelf { get; init; }

    /// <summary>The process that traces the target, 0 if none does.</summary>
    public int TracerId { get; init; }

    /// <summary>That process's name, or null.</summary>
    public string? TracerName { get; init; }

    /// <summary>Null if it cannot be seen.</summary>
    public bool? IsSameUserNamespace { get; init; }

    /// <summary>Null if it cannot be seen.</summary>
    public bool? IsSamePidNamespace { get; init; }

    /// <summary>Whether the target lets its own user look at it (PR_SET_DUMPABLE of prctl(2)); null if that cannot be read.</summary>
    public bool? IsDumpable { get; init; }
}
