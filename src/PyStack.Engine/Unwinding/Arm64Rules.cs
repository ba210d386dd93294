using System;
using System.Runtime.InteropServices;
using PyStack.Engine.Elf;
using PyStack.Engine.Memory;
using PyStack.Engine.Processors;

namespace PyStack.Engine.Unwinding;

/// <summary>aarch64: Procedure Call Standard for the Arm 64-bit Architecture, 6.1.1, and DWARF for the Arm 64-bit Architecture, 4.1.</summary>
internal sealed class Arm64Rules : ProcessorRules
{
    private const int X19 = 19;
    private const int X29 = 29;
    private const int X30 = 30;
    private const int Sp = 31;
    private const int Pc = 32;

    /// <summary>struct user_pt_regs (asm/ptrace.h): x0 to x30, sp, pc, pstate.</summary>
    private const int UserRegisters = 34;

    /// <summary>struct rt_sigframe is siginfo (128 bytes) and ucontext; in it sigcontext at 176, which begins with the fault address (asm/sigcontext.h).</summary>
    private const ulong ContextOffset = 128 + 176 + 8;

    /// <summary>User addresses have at most 52 bits; bit 55 tells the kernel's from the user's. What lies above may be an authentication code.</summary>
    private const ulong AddressMask = (1UL << 52) - 1;

    // mov x8, #139 (__NR_rt_sigreturn); svc #0: the vdso's trampoline.
    private const uint MoveNumber = 0xd2801168;
    private const uint SupervisorCall = 0xd4000001;

    public override string Name => "aarch64";

    public override ElfMachine Machine => ElfMachine.Arm64;

    public override int MutexSize => 48;

    public override Processor Live { get; } = new()
    {
        Observer = System.Runtime.InteropServices.Architecture.Arm64,
        Machine = ElfMachine.Arm64,

        // The thread pointer is a register of its own, and glibc's pthread_t lies a struct in front of it (sysdeps/aarch64/nptl/tls.h).
        Registers = new ThreadRegisters(UserRegisters, stackPointer: Sp, threadPointer: null),
        StackPointer = Sp,
        InstructionPointer = Pc,

        // asm-generic/unistd.h; asm/perf_regs.h has x0 to x29, lr, sp, pc, which is the order of DWARF.
        Perf = new PerfNumbers
        {
            SystemCall = 241,
            Mask = 0x1_ffff_ffff,
            DwarfRegisters = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32],
        },
    };

    public override int StackPointer => Sp;

    public override int FramePointer => X29;

    public override int FrameRecord => 0;

    public override int InstructionPointer => Pc;

    public override int? LinkRegister => X30;

    public override ulong CalleeSaved => ((1UL << (X29 - X19 + 1)) - 1) << X19;

    public override bool TryReadRegisters(ReadOnlySpan<byte> general, ref RegisterSet registers)
    {
        if (general.Length < UserRegisters * sizeof(ulong))
        {
            return false;
        }

        ReadOnlySpan<ulong> values = MemoryMarshal.Cast<byte, ulong>(general);
        for (int i = 0; i <= Pc; i++)
        {
            registers.Set(i, values[i]);
        }

        return true;
    }

    public override ulong? ThreadPointer(ReadOnlySpan<byte> general) => null;

    public override ulong StripCode(ulong address) => address & AddressMask;

    // BL, BLR and BLR with authentication (Arm Architecture Reference Manual, C6.2).
    public override bool IsAfterCall(IMemorySource memory, ulong returnAddress)
        => returnAddress >= 4
            && memory.TryRead(returnAddress - 4, out uint code)
            && ((code & 0xfc000000) == 0x94000000 || (code & 0xfffffc1f) == 0xd63f0000 || (code & 0xfefff800) == 0xd63f0800);

    // BL: 26 bits of distance, in instructions.
    public override bool TryGetCallTarget(IMemorySource memory, ulong returnAddress, out ulong target)
    {
        target = 0;
        if (!memory.TryRead(returnAddress - 4, out uint code) || (code & 0xfc000000) != 0x94000000)
        {
            return false;
        }

        long distance = ((long)code << 38) >> 36;
        target = unchecked(returnAddress - 4 + (ulong)distance);
        return true;
    }

    public override bool TryStepOutOfSignal(IMemorySource memory, ref RegisterSet registers)
    {
        Span<ulong> context = stackalloc ulong[Pc + 1];
        if (!registers.TryGet(Pc, out ulong instruction)
            || !registers.TryGet(Sp, out ulong stackPointer)
            || !memory.TryRead(instruction, out uint move)
            || !memory.TryRead(instruction + 4, out uint call)
            || move != MoveNumber
            || call != SupervisorCall
            || !memory.TryRead(stackPointer + ContextOffset, MemoryMarshal.AsBytes(context)))
        {
            return false;
        }

        for (int i = 0; i < context.Length; i++)
        {
            registers.Set(i, context[i]);
        }

        return true;
    }
}
