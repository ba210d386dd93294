using System.Collections.Generic;

namespace PyStack.Engine.Capture.Merging;

/// <summary>What became of an OS thread's native and Python frames.</summary>
/// <param name="Parts">For each thread state its frames, outermost first. All that is known is in them, merged or not.</param>
/// <param name="Order">The thread states from the outermost inwards.</param>
internal sealed record MergeOutcome(List<MergedFrame>[] Parts, int[] Order)
{
    /// <summary>Why native and Python frames could not be put together, as the end of a sentence; null if they could.</summary>
    public string? Failure { get; init; }

    /// <summary>
    /// Whether another capture may be merged where this one was not: the thread was caught where its evaluation loop has no frame yet, or no longer.
    /// False for what will be the same the next time.
    /// </summary>
    public bool MayMergeNextTime { get; init; }

    /// <summary>The first native frame that belongs to the stack: those outside of it are of a stack that the thread has left.</summary>
    public int FirstNative { get; init; }

    /// <summary>Whether they were put together.</summary>
    public bool IsMerged => Failure is null;
}
