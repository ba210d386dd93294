using System.Numerics;
using PyStack.Engine.Processors;

namespace PyStack.Engine.Targets;

/// <summary>
/// Which bits of a saved return address are its address. On aarch64 the others may have an authentication code (PAC), and which these are depends on how many bits of address the kernel gives to a
/// process: 39, 42, 47, 48 or 52 (Documentation/arch/arm64/pointer-authentication.rst, memory.rst).
/// </summary>
internal static class CodePointers
{
    /// <summary>No kernel gives fewer.</summary>
    private const int FewestBits = 36;

    /// <summary>
    /// The bits that an address of anything that is mapped can have. Authentication codes are above what the kernel can map, and code is mapped: so a return address without the bits above is right.
    /// The stack is near the end of what the kernel gives.
    /// </summary>
    public static ulong MaskOf(Processor processor, MemoryMap map)
    {
        if (processor.CodeMask == ulong.MaxValue || map.Regions.Count == 0)
        {
            return processor.CodeMask;
        }

        int bits = 64 - BitOperations.LeadingZeroCount(map.Regions[^1].Range.End - 1);
        return bits >= FewestBits ? ((1UL << (bits - 1) << 1) - 1) & processor.CodeMask : processor.CodeMask;
    }

    /// <summary>The same from what the kernel says of a process: the note <c>NT_ARM_PAC_MASK</c> of a core.</summary>
    /// <param name="codes">The bits that an authentication code may be in.</param>
    public static ulong MaskOf(Processor processor, ulong codes) => processor.CodeMask & ~codes;
}
