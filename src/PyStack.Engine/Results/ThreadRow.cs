using PyStack.Engine.Capture;
using PyStack.Engine.Capture.Merging;
using PyStack.Engine.Capture.NativeStacks;
using PyStack.Engine.Targets;

namespace PyStack.Engine.Results;

/// <summary>One thread that will be shown: a thread state and what belongs to it, or an OS thread that Python does not know.</summary>
internal sealed class ThreadRow
{
    /// <summary>The interpreter id of threads without an interpreter.</summary>
    public const long NoInterpreter = -1;

    /// <summary>The thread state; null for a thread that Python does not know.</summary>
    public CapturedThread? State { get; init; }

    /// <summary>The native stack of a thread that Python does not know; else null.</summary>
    public NativeStack? Native { get; init; }

    /// <summary>As the observer counts; 0 if it is not known.</summary>
    public required int ThreadId { get; init; }

    /// <summary>What the system says of the OS thread.</summary>
    public required ThreadFacts Facts { get; init; }

    public string? Name => Facts.Name;

    public bool IsTerminated { get; init; }

    /// <summary>Its native and Python frames together; null if no native ones are wanted or there are none.</summary>
    public MergedThread? Merged { get; set; }

    /// <inheritdoc cref="PyThread.Wait"/>
    public PyWait? Wait { get; set; }

    /// <inheritdoc cref="PyThread.Part"/>
    public int Part { get; set; }

    /// <inheritdoc cref="PyThread.InterpreterCount"/>
    public int InterpreterCount { get; set; } = 1;

    public long InterpreterId => State?.InterpreterId ?? NoInterpreter;

    public int Runtime => State?.Runtime ?? 0;

    /// <summary>Whether it has a frame that is shown.</summary>
    public bool HasFrames => Native is not null ? Native.Frames.Count > 0
        : Merged is not null ? Merged.Frames.Count > 0
        : State!.Frames.Exists(frame => !frame.IsHidden);
}
