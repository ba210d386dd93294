namespace PyStack.Engine.Profiling;

/// <summary>A frame of a sample: its code object, and the running instruction as the version has it: an address, or an offset.</summary>
internal readonly record struct SampledFrame(ulong Code, ulong Instruction)
{
    /// <summary>In place of the inner frames of a stack that changed while it was read.</summary>
    public static readonly SampledFrame ShortCalls = new(1, 0);

    /// <summary>In place of the outer frames of a stack that is too deep.</summary>
    public static readonly SampledFrame OuterFrames = new(2, 0);

    /// <summary>In place of a stack when there are too many different ones.</summary>
    public static readonly SampledFrame OtherStacks = new(3, 0);

    /// <summary>No code object is at such an address.</summary>
    public const ulong LowestCode = 4096;

    /// <summary>Whether it is in place of others.</summary>
    public bool IsPlaceholder => Code < LowestCode;
}
