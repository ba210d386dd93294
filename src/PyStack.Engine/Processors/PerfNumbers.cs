using PyStack.Engine.Native;

namespace PyStack.Engine.Processors;

/// <summary>What <see cref="PerfEvents"/> must know of a processor.</summary>
internal sealed record PerfNumbers
{
    /// <summary>The number of perf_event_open(2) (asm/unistd.h).</summary>
    public required int SystemCall { get; init; }

    /// <summary>Which registers a sample shall hold, one bit each (asm/perf_regs.h).</summary>
    public required ulong Mask { get; init; }

    /// <summary>The same registers by their DWARF numbers, in the order of the mask's bits, which is that of the sample.</summary>
    public required byte[] DwarfRegisters { get; init; }
}
