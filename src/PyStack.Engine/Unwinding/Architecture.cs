using System;
using System.Runtime.InteropServices;
using PyStack.Engine.Elf;
using PyStack.Engine.Memory;
using PyStack.Engine.Unwinding.Architectures;

namespace PyStack.Engine.Unwinding;

/// <summary>All that the unwinder must know of a processor. Registers have their DWARF numbers.</summary>
internal abstract class Architecture
{
    private static readonly Architecture[] All = [new X64(), new Arm64()];

    /// <summary>The processor that we run on, and with it every live target.</summary>
    public static Architecture OfObserver { get; } =
        Of(RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.Arm64 ? ElfMachine.Arm64 : ElfMachine.X64)!;

    public abstract ElfMachine Machine { get; }

    public abstract int StackPointer { get; }

    public abstract int FramePointer { get; }

    public abstract int InstructionPointer { get; }

    /// <summary>The register that holds the return address at a function's first instruction; null where it is on the stack.</summary>
    public abstract int? LinkRegister { get; }

    /// <summary>One bit for each register that a function gives back as it got it.</summary>
    public abstract ulong CalleeSaved { get; }

    /// <summary>The processor of a kind of ELF file; null for one that we do not know.</summary>
    public static Architecture? Of(ElfMachine machine) => Array.Find(All, one => one.Machine == machine);

    /// <summary>Takes over the general registers as <c>NT_PRSTATUS</c> has them, of ptrace(2) and of cores.</summary>
    public abstract bool TryReadRegisters(ReadOnlySpan<byte> general, ref RegisterSet registers);

    /// <summary>The thread-local storage base, where it is among the general registers.</summary>
    public abstract ulong? ThreadPointer(ReadOnlySpan<byte> general);

    /// <summary>An address of code without what the processor mixes into its upper bits.</summary>
    public abstract ulong StripCode(ulong address);

    /// <summary>Whether the instruction in front of a return address is a call.</summary>
    public abstract bool IsAfterCall(IMemorySource memory, ulong returnAddress);

    /// <summary>What a call in front of a return address goes to, where the instruction itself says it.</summary>
    public abstract bool TryGetCallTarget(IMemorySource memory, ulong returnAddress, out ulong target);

    /// <summary>Where a signal trampoline without call frame information stands, the registers that the signal interrupted.</summary>
    public abstract bool TryStepOutOfSignal(IMemorySource memory, ref RegisterSet registers);
}
