using System;
using System.Threading;
using PyStack.Engine.Memory;
using PyStack.Engine.Targets.Live.Stopping;

namespace PyStack.Engine.Capture;

/// <summary>Where the stacks of one target come from: one implementation for each <see cref="CaptureMode"/>, used again for each capture.</summary>
internal interface ICaptureSource : IDisposable
{
    CaptureMode Mode { get; }

    /// <summary>Whether another capture may find what this one could not: not of a core.</summary>
    bool CanRetry { get; }

    /// <summary>What the last pause cost the target; null where there was none.</summary>
    PauseReport? LastPause { get; }

    /// <summary>A copy of pages that no one needs from one capture to the next: its memory can be used meanwhile. Null of a core.</summary>
    PageSnapshot? IdlePages { get; }

    /// <summary>Takes the stacks of all threads.</summary>
    /// <exception cref="EngineException">No stack could be obtained.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the target runs.</exception>
    CapturedProcess Capture(CancellationToken cancellation);
}
