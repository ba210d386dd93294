namespace PyStack.Engine.Processors;

/// <summary>The user registers that a sample of perf_event_open(2) holds on a processor (asm/perf_regs.h).</summary>
internal sealed record PerfRegisters
{
    /// <summary>Which registers are asked for, one bit each (<c>sample_regs_user</c>).</summary>
    public required ulong Mask { get; init; }

    /// <summary>The same registers by their DWARF numbers, in the order of the mask's bits, which is that of the sample.</summary>
    public required byte[] DwarfNumbers { get; init; }
}
