namespace PyStack.Engine.Profiling;

/// <summary>Frames of a profile that are no functions: their names are in angle brackets, as <c>&lt;module&gt;</c> is.</summary>
internal static class PlaceholderFrames
{
    /// <summary>The collector ran, called by the frame outside of it.</summary>
    public static readonly PyProfileFrame Collecting = new() { Kind = PyFrameKind.Python, Function = "<garbage collection>" };

    /// <summary>A function whose code object could not be read.</summary>
    public static readonly PyProfileFrame Unknown = new() { Kind = PyFrameKind.Python, Function = "<unknown>" };

    private static readonly PyProfileFrame ShortCalls = new() { Kind = PyFrameKind.Python, Function = "<short calls>" };
    private static readonly PyProfileFrame OuterFrames = new() { Kind = PyFrameKind.Python, Function = "<outer frames>" };
    private static readonly PyProfileFrame OtherStacks = new() { Kind = PyFrameKind.Python, Function = "<other stacks>" };

    /// <summary>Calls that ended before they could be read, called by the frame outside of them.</summary>
    public static PyProfileFrame Short => ShortCalls;

    public static PyProfileFrame Of(SampledFrame frame) => frame == SampledFrame.OuterFrames ? OuterFrames : frame == SampledFrame.OtherStacks ? OtherStacks : ShortCalls;
}
