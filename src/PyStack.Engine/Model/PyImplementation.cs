namespace PyStack;

/// <summary>Which implementation of Python a process runs.</summary>
/// <remarks>Based on <see langword="long"/>, because <c>ConvertTo-Json</c> writes the names of such values, and the numbers of others.</remarks>
public enum PyImplementation : long
{
    /// <summary>The reference implementation, written in C: the one whose stacks can be shown.</summary>
    CPython,

    /// <summary>PyPy, which keeps its frames in another way.</summary>
    PyPy,
}
