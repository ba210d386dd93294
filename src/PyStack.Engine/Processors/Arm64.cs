using System.Runtime.InteropServices;
using PyStack.Engine.Elf;

namespace PyStack.Engine.Processors;

/// <summary>aarch64: Procedure Call Standard for the Arm 64-bit Architecture, 6.1.1, and DWARF for the Arm 64-bit Architecture, 4.1.</summary>
internal static class Arm64
{
    public const int X29 = 29;
    public const int X30 = 30;
    public const int Sp = 31;
    public const int Pc = 32;

    private const int X19 = 19;

    public static Processor Processor { get; } = new()
    {
        Name = "aarch64",
        Machine = ElfMachine.Arm64,
        Runtime = Architecture.Arm64,
        StackPointer = Sp,
        FramePointer = X29,
        InstructionPointer = Pc,
        LinkRegister = X30,
        CalleeSaved = ((1UL << (X29 - X19 + 1)) - 1) << X19,

        // User addresses have at most 52 bits (FEAT_LVA), 48 on most kernels and 39 on some; all bits above but bit 55, which says whose the address is, may be an authentication code.
        CodeMask = (1UL << 52) - 1,

        // struct user_pt_regs (asm/ptrace.h): x0 to x30, sp, pc, pstate. The thread pointer is no general register, and glibc's pthread_t is a struct in
        // front of it (sysdeps/aarch64/nptl/tls.h).
        Registers = new ThreadRegisters(
            [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, X29, X30, Sp, Pc, -1], stackPointer: Sp, threadPointer: null,

            // asm/syscall.h: x8 has the number, x0 to x4 the arguments. A call that is made again has them back, and the next instruction is svc #0 (arch/arm64/kernel/signal.c, do_signal).
            new SystemCallRegisters([0, 1, 2, 3, 4], number: 8, result: null, instructionPointer: Pc, instruction: 0xd400_0001)),

        // asm/perf_regs.h: x0 to x29, lr, sp, pc, which is the order of DWARF.
        Perf = new PerfRegisters
        {
            Mask = 0x1_ffff_ffff,
            DwarfNumbers = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, X29, X30, Sp, Pc],
        },
        SystemCalls = SystemCallTable.Generic,
        SmallestPage = 4096,
    };
}
