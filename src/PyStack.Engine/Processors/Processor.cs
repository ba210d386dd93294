using System.Runtime.InteropServices;
using PyStack.Engine.Elf;

namespace PyStack.Engine.Processors;

/// <summary>
/// What reading a running process must know of its processor. The descriptor hands it down (<c>Unwinding/Architectures</c>), which is a floor above.
/// </summary>
internal sealed record Processor
{
    /// <summary>What .NET calls it.</summary>
    public required Architecture Observer { get; init; }

    public required ElfMachine Machine { get; init; }

    public required ThreadRegisters Registers { get; init; }

    /// <summary>DWARF number.</summary>
    public required int StackPointer { get; init; }

    /// <summary>DWARF number.</summary>
    public required int InstructionPointer { get; init; }

    public required PerfNumbers Perf { get; init; }
}
