namespace PyStack;

/// <summary>Which implementation of Python a process runs.</summary>
public enum PyImplementation
{
    /// <summary>The reference implementation, written in C: the one whose stacks can be shown.</summary>
    CPython,

    /// <summary>PyPy, which keeps its frames in another way.</summary>
    PyPy,
}
