using System.Collections.Generic;

namespace PyStack.Engine.Capture.Merging;

/// <summary>The result of merging an OS thread's native and Python frames.</summary>
/// <param name="Parts">For each thread state its frames, outermost first. All that is known is in them, merged or not.</param>
/// <param name="Order">The thread states from the outermost inwards.</param>
internal sealed record MergeOutcome(List<MergedFrame>[] Parts, int[] Order)
{
    /// <summary>Why native and Python frames could not be merged, as the end of a sentence; null if they could.</summary>
    public string? Failure { get; init; }

    /// <summary>
    /// Whether another capture may be merged where this one was not: the thread was just entering or leaving an evaluation loop that has no frame at that point.
    /// False if the result will be the same the next time.
    /// </summary>
    public bool MayMergeNextTime { get; init; }

    /// <summary>The first native frame that belongs to the stack: those outside it are of a stack that the thread has left.</summary>
    public int FirstNative { get; init; }

    /// <summary>Whether they were merged.</summary>
    public bool IsMerged => Failure is null;
}
