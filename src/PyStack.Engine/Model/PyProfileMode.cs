namespace PyStack;

/// <summary>Which moments of a thread a profile counts.</summary>
/// <remarks>Based on <see langword="long"/>, because <c>ConvertTo-Json</c> writes the names of such values, and the numbers of others.</remarks>
public enum PyProfileMode : long
{
    /// <summary>All of them, also while the thread waits.</summary>
    Wall,

    /// <summary>Those in which the thread ran on a processor, or could have.</summary>
    Cpu,

    /// <summary>Those in which the thread held the GIL.</summary>
    Gil,
}
