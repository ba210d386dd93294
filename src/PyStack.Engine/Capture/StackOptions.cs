using PyStack.Engine.Debuginfod;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Repr;

namespace PyStack.Engine.Capture;

/// <summary>Which native frames a capture shows.</summary>
internal enum NativeMode
{
    /// <summary>None.</summary>
    None,

    /// <summary>Those after the last Python frame of each Python thread.</summary>
    Last,

    /// <summary>All of each Python thread.</summary>
    Merged,

    /// <summary>All, also of threads that Python does not know.</summary>
    AllThreads,
}

/// <summary>The options of a capture.</summary>
internal sealed record StackOptions
{
    public static readonly StackOptions Default = new();

    /// <summary>Never stop the target.</summary>
    public bool NoBlock { get; init; }

    /// <summary>Also search the heap and anonymous mappings for the interpreter.</summary>
    public bool Exhaustive { get; init; }

    /// <summary>Which native frames are requested.</summary>
    public NativeMode Native { get; init; }

    /// <summary>How arguments and local variables are shown; null for without them.</summary>
    public ValueOptions? Locals { get; init; }

    /// <summary>What else is read from the copy of a capture; null for nothing.</summary>
    public ICopyReader? Also { get; init; }

    /// <summary>The captures of the same process before this one; null for a capture of its own.</summary>
    public CaptureSeries? Series { get; init; }

    /// <summary>The servers that are asked for debug information that is missing here, after the target was let go; null for none.</summary>
    public DebuginfodClient? Servers { get; init; }

    /// <summary>Bounds for everything that is read.</summary>
    public Limits Limits { get; init; } = Limits.Default;
}
