namespace PyStack;

/// <summary>Which of the two kinds of code a frame runs.</summary>
/// <remarks>Based on <see langword="long"/>, because <c>ConvertTo-Json</c> writes the names of such values, and the numbers of others.</remarks>
public enum PyFrameKind : long
{
    /// <summary>A frame of Python code.</summary>
    Python,

    /// <summary>A frame of machine code: C, C++, Rust or the interpreter itself.</summary>
    Native,
}
