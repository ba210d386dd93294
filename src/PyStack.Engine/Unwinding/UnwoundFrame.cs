namespace PyStack.Engine.Unwinding;

/// <summary>How a frame was found from the one inside it.</summary>
internal enum FrameSource
{
    /// <summary>By the registers of the thread: the innermost frame.</summary>
    Registers,

    /// <summary>By call frame information.</summary>
    CallFrameInformation,

    /// <summary>By the chain of frame pointers, where there is no call frame information.</summary>
    FramePointer,

    /// <summary>By a search of the stack for something that looks like a return address: a guess.</summary>
    Scan,
}

/// <summary>One native frame, not looked up yet.</summary>
/// <param name="InstructionPointer">Where it runs, or where it will go on when its callee returns.</param>
/// <param name="IsReturnAddress">
/// Whether <paramref name="InstructionPointer"/> is a return address, so that the call is before it: look it up at one less. Not so for the
/// innermost frame and for one that a signal interrupted.
/// </param>
/// <param name="CanonicalFrameAddress">The CFA: the stack pointer of the caller at the call; 0 where it is not known (the outermost frame).</param>
/// <param name="IsSignalFrame">Whether it is the trampoline that a signal handler returns to.</param>
/// <param name="Source">How it was found.</param>
internal readonly record struct UnwoundFrame(
    ulong InstructionPointer, bool IsReturnAddress, ulong CanonicalFrameAddress, bool IsSignalFrame, FrameSource Source)
{
    /// <summary>The address to look up: function, line and unwind rules of the running instruction or of the call.</summary>
    public ulong LookupAddress => IsReturnAddress ? unchecked(InstructionPointer - 1) : InstructionPointer;
}
