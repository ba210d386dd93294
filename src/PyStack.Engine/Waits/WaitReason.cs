using System.Collections.Generic;
using PyStack.Engine.Waits.Descriptors;

namespace PyStack.Engine.Waits;

/// <summary>What a thread waits for, before it is put into words.</summary>
/// <param name="SystemCall">The kernel's name; null outside of a call.</param>
/// <param name="Action">What it does, as the beginning of the description: <c>recv from</c>, <c>sleep</c>.</param>
internal sealed record WaitReason(PyWaitKind Kind, string? SystemCall, string Action)
{
    /// <summary>The one descriptor that the call is about.</summary>
    public Descriptor? Descriptor { get; init; }

    /// <summary>The descriptors that are waited for, the first of them; null of a call that is not about several.</summary>
    public IReadOnlyList<Descriptor>? Descriptors { get; init; }

    /// <summary>How many there are.</summary>
    public int DescriptorCount { get; init; }

    /// <summary>What follows the action, escaped: a path, an address, a child.</summary>
    public string? Subject { get; init; }

    /// <summary>What the objects have as the resource, where no descriptor is.</summary>
    public string? Resource { get; init; }

    public string? Object { get; init; }

    public int? HolderThreadId { get; init; }

    public int? HolderProcessId { get; init; }

    /// <summary>The task that has to act first, by its address; 0 for none.</summary>
    public ulong HolderTask { get; init; }

    public bool? IsHolderGone { get; init; }

    public TimeLimit Limit { get; init; }
}

/// <summary>When a wait ends by itself.</summary>
/// <param name="Seconds">At most; null where there is no limit or it is not known.</param>
/// <param name="IsAsked">Whether it is the whole time, since it is not known when the wait began.</param>
internal readonly record struct TimeLimit(double? Seconds, bool IsAsked);
