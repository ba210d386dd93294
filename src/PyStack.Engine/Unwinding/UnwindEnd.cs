namespace PyStack.Engine.Unwinding;

/// <summary>Why the walk of a native stack ended.</summary>
internal enum UnwindEnd
{
    /// <summary>At the outermost frame: the rules say that it has no caller, or its return address is 0.</summary>
    Complete,

    /// <summary>A register that the rules need is unknown.</summary>
    UnknownRegister,

    /// <summary>A part of the stack could not be read.</summary>
    Unreadable,

    /// <summary>No way was found to step out of code without unwind information (JIT, anonymous memory, broken data).</summary>
    NoRules,

    /// <summary>The stack pointer did not move towards the outside.</summary>
    NoProgress,

    /// <summary>At the limit of frames.</summary>
    Limit,
}
