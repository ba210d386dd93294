using System.Runtime.InteropServices;
using PyStack.Engine.Elf;

namespace PyStack.Engine.Processors;

/// <summary>x86-64: System V ABI, AMD64 supplement, 3.2 (calls) and 3.6.2 (DWARF numbers).</summary>
internal static class X64
{
    public const int Rbx = 3;
    public const int Rbp = 6;
    public const int Rsp = 7;

    /// <summary>The return address: DWARF has no number for <c>rip</c> itself.</summary>
    public const int ReturnAddress = 16;

    public static Processor Processor { get; } = new()
    {
        Name = "x86_64",
        Machine = ElfMachine.X64,
        Runtime = Architecture.X64,
        StackPointer = Rsp,
        FramePointer = Rbp,
        InstructionPointer = ReturnAddress,
        LinkRegister = null,

        // rbx, rbp and r12 to r15.
        CalleeSaved = (1UL << Rbx) | (1UL << Rbp) | (0xfUL << 12),
        CodeMask = ulong.MaxValue,

        // struct user_regs_struct (sys/user.h): r15 r14 r13 r12 rbp rbx r11 r10 r9 r8 rax rcx rdx rsi rdi, orig_rax, rip, cs, eflags, rsp, ss, fs_base, gs_base, ds, es, fs, gs.
        // glibc's pthread_t is the thread pointer, fs_base (sysdeps/x86_64/nptl/tls.h: THREAD_SELF).
        Registers = new ThreadRegisters(
            [15, 14, 13, 12, Rbp, Rbx, 11, 10, 9, 8, 0, 2, 1, 4, 5, -1, ReturnAddress, -1, -1, Rsp, -1, -1, -1, -1, -1, -1, -1], stackPointer: 19, threadPointer: 21,

            // asm/syscall.h: orig_rax has the number, -1 outside of a call; rdi, rsi, rdx, r10, r8 the arguments, rax the result.
            new SystemCallRegisters([14, 13, 12, 7, 9], number: 15, result: 10, instructionPointer: 16, instruction: null)),

        // asm/perf_regs.h: ax, bx, cx, dx, si, di, bp, sp, ip in front and r8 to r15 from bit 16.
        Perf = new PerfRegisters { Mask = 0xff_01ff, DwarfNumbers = [0, Rbx, 2, 1, 4, 5, Rbp, Rsp, ReturnAddress, 8, 9, 10, 11, 12, 13, 14, 15] },
        SystemCalls = SystemCallTable.X64,
        SmallestPage = 4096,
    };
}
