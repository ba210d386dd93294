namespace PyStack.Engine.Python.Frames;

/// <summary>What a stack of Python frames begins at.</summary>
internal enum StackRootKind
{
    /// <summary>A <c>PyThreadState</c>: the frames that its thread runs.</summary>
    ThreadState,

    /// <summary>A frame itself, and its callers: what a greenlet that is not running has saved.</summary>
    Frame,

    /// <summary>A <c>generator</c>: its own frame and those of what it delegates to.</summary>
    Generator,

    /// <summary>A <c>coroutine</c>: its own frame and those of what it awaits. A task's stack is that of its coroutine.</summary>
    Coroutine,

    /// <summary>An <c>async_generator</c>, the same.</summary>
    AsyncGenerator,
}

/// <summary>Where a stack begins in the target's memory.</summary>
/// <param name="Kind">A generator's is found by its type: any of the three may be given for any of them.</param>
/// <param name="Address">Of the thread state, of the frame, or of the generator object.</param>
internal readonly record struct StackRoot(StackRootKind Kind, ulong Address)
{
    /// <summary>Whether its frames are found from the outermost inwards.</summary>
    public bool IsGenerator => Kind >= StackRootKind.Generator;
}

/// <summary>What a generator does at the moment.</summary>
internal enum GeneratorState
{
    /// <summary>It is no generator, or not known.</summary>
    Unknown,

    /// <summary>Its code has not begun.</summary>
    NotStarted,

    /// <summary>It waits to be asked for its next value, or for what it awaits.</summary>
    Suspended,

    /// <summary>A thread runs it: its frame is in that thread's stack, and whatever it calls is known there only.</summary>
    Running,

    /// <summary>It has ended and has no frame.</summary>
    Finished,
}

/// <summary>The frames of one root, as a walk found them: <c>Frames[FirstFrame .. FirstFrame + FrameCount]</c> of the capture, innermost first.</summary>
/// <param name="End">How the chain ended. A generator's is followed inwards, so that this is its inner end.</param>
internal readonly record struct RawStack(StackRoot Root, int FirstFrame, int FrameCount, ChainEnd End)
{
    /// <summary>Of the root; <see cref="GeneratorState.Unknown"/> where it is no generator.</summary>
    public GeneratorState State { get; init; }

    /// <summary>What the innermost generator awaits that is none itself, such as a future; 0 where it awaits nothing.</summary>
    public ulong Awaits { get; init; }
}
