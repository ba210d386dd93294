namespace PyStack;

/// <summary>What a thread had to do with its interpreter's global lock (GIL) when it was captured.</summary>
/// <remarks>Based on <see langword="long"/>, because <c>ConvertTo-Json</c> writes the names of such values, and the numbers of others.</remarks>
public enum PyGilState : long
{
    /// <summary>It cannot be known, or the interpreter has no GIL (free-threaded builds).</summary>
    Unknown,

    /// <summary>The thread does not hold the GIL; whether it waits for it is not known or not so.</summary>
    NotHeld,

    /// <summary>The thread holds the GIL: it is the one that runs Python code.</summary>
    Held,

    /// <summary>The thread waits for the GIL (seen in its native frames only).</summary>
    Waiting,

    /// <summary>The thread is giving the GIL up (seen in its native frames only).</summary>
    Dropping,
}
