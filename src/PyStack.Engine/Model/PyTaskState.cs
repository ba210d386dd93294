namespace PyStack;

/// <summary>What a task did when it was captured.</summary>
/// <remarks>Based on <see langword="long"/>, because <c>ConvertTo-Json</c> writes the names of such values, and the numbers of others.</remarks>
public enum PyTaskState : long
{
    /// <summary>It is not known.</summary>
    Unknown,

    /// <summary>Its thread runs it: the thread's innermost frames are its own.</summary>
    Running,

    /// <summary>It waits for nothing: it goes on when its thread comes to it.</summary>
    Ready,

    /// <summary>It waits for something.</summary>
    Waiting,

    /// <summary>It was cancelled, and has not ended yet.</summary>
    Cancelling,

    /// <summary>Its code has not begun.</summary>
    NotStarted,

    /// <summary>It has ended.</summary>
    Done,
}
