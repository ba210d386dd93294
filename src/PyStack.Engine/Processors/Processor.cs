using System.Runtime.InteropServices;
using PyStack.Engine.Elf;

namespace PyStack.Engine.Processors;

/// <summary>
/// What a processor is, as Linux and DWARF number it. Plain values only: the pause reads them, and nothing may be looked up or bound there. How to unwind
/// on it is <c>Unwinding/ProcessorRules</c>.
/// </summary>
internal sealed class Processor
{
    /// <summary>As <c>uname -m</c> has it.</summary>
    public required string Name { get; init; }

    public required ElfMachine Machine { get; init; }

    /// <summary>What .NET calls it; null where running processes cannot be read, but cores can.</summary>
    public required Architecture? Runtime { get; init; }

    /// <summary>DWARF number.</summary>
    public required int StackPointer { get; init; }

    /// <summary>DWARF number.</summary>
    public required int FramePointer { get; init; }

    /// <summary>DWARF number of the program counter, or of the return address where DWARF numbers only that one.</summary>
    public required int InstructionPointer { get; init; }

    /// <summary>DWARF number of the register that holds the return address at a function's first instruction; null where it is on the stack.</summary>
    public required int? LinkRegister { get; init; }

    /// <summary>One bit, by DWARF number, for each register that a function gives back as it got it.</summary>
    public required ulong CalleeSaved { get; init; }

    /// <summary>The bits that an address of code can have at most; how many it has depends on the kernel (<c>CodePointers</c>). What the processor mixes into the others (aarch64: authentication codes) is no part of it.</summary>
    public required ulong CodeMask { get; init; }

    /// <summary>The general registers, as ptrace(2) and cores have them.</summary>
    public required ThreadRegisters Registers { get; init; }

    /// <summary>The registers of a sample of perf_event_open(2); not used where <see cref="Runtime"/> is null.</summary>
    public required PerfRegisters Perf { get; init; }

    public required SystemCallTable SystemCalls { get; init; }

    /// <summary>Bytes of a page, where the kernel can be built for several the fewest: what is taken where the target does not say it (<c>AT_PAGESZ</c>).</summary>
    public required int SmallestPage { get; init; }
}
