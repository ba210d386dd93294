namespace PyStack;

/// <summary>Why threads wait without an end.</summary>
/// <remarks>Based on <see langword="long"/>, because <c>ConvertTo-Json</c> writes the names of such values, and the numbers of others.</remarks>
public enum PyDeadlockKind : long
{
    /// <summary>Each of them waits for another one of them.</summary>
    Cycle,

    /// <summary>What they wait for is held by a thread that no longer exists.</summary>
    HolderGone,

    /// <summary>The thread waits for what it holds itself.</summary>
    Self,
}
