namespace PyStack;

/// <summary>Which of the two kinds of code a frame runs.</summary>
public enum PyFrameKind
{
    /// <summary>A frame of Python code.</summary>
    Python,

    /// <summary>A frame of machine code: C, C++, Rust or the interpreter itself.</summary>
    Native,
}
