using System;
using System.Runtime.InteropServices;
using PyStack.Engine.Elf;
using PyStack.Engine.Memory;
using PyStack.Engine.Processors;

namespace PyStack.Engine.Unwinding;

/// <summary>x86-64: System V ABI, AMD64 supplement, 3.2 (calls) and 3.6.2 (DWARF numbers).</summary>
internal sealed class X64Rules : ProcessorRules
{
    private const int Rbx = 3;
    private const int Rbp = 6;
    private const int Rsp = 7;
    private const int ReturnAddress = 16;

    /// <summary>struct user_regs_struct (sys/user.h): 27 registers of 8 bytes.</summary>
    private const int UserRegisters = 27;

    private const int StackPointerIndex = 19;
    private const int FsBaseIndex = 21;

    /// <summary>struct sigcontext behind uc_flags, uc_link and uc_stack of struct ucontext (asm/sigcontext.h, asm-generic/ucontext.h).</summary>
    private const ulong ContextOffset = 40;

    /// <summary>The longest call: FF /2 with a SIB byte and a 32-bit displacement.</summary>
    private const int LongestCall = 7;

    // r15 r14 r13 r12 rbp rbx r11 r10 r9 r8 rax rcx rdx rsi rdi, orig_rax, rip, cs, eflags, rsp.
    private static ReadOnlySpan<sbyte> UserOrder => [15, 14, 13, 12, 6, 3, 11, 10, 9, 8, 0, 2, 1, 4, 5, -1, 16, -1, -1, 7];

    // r8 to r15, rdi, rsi, rbp, rbx, rdx, rax, rcx, rsp, rip.
    private static ReadOnlySpan<byte> ContextOrder => [8, 9, 10, 11, 12, 13, 14, 15, 5, 4, 6, 3, 1, 0, 2, 7, 16];

    /// <summary>mov $__NR_rt_sigreturn,%rax; syscall: what libc points a handler's return address at.</summary>
    private static ReadOnlySpan<byte> Trampoline => [0x48, 0xc7, 0xc0, 0x0f, 0x00, 0x00, 0x00, 0x0f, 0x05];

    public override string Name => "x86_64";

    public override ElfMachine Machine => ElfMachine.X64;

    public override int MutexSize => 40;

    public override Processor Live { get; } = new()
    {
        Observer = System.Runtime.InteropServices.Architecture.X64,
        Machine = ElfMachine.X64,

        // glibc's pthread_t is the thread pointer (sysdeps/x86_64/nptl/tls.h: THREAD_SELF).
        Registers = new ThreadRegisters(UserRegisters, StackPointerIndex, FsBaseIndex),
        StackPointer = Rsp,
        InstructionPointer = ReturnAddress,

        // asm/unistd_64.h; asm/perf_regs.h has ax, bx, cx, dx, si, di, bp, sp, ip in front and r8 to r15 from bit 16.
        Perf = new PerfNumbers
        {
            SystemCall = 298,
            Mask = 0xff_01ff,
            DwarfRegisters = [0, 3, 2, 1, 4, 5, 6, 7, 16, 8, 9, 10, 11, 12, 13, 14, 15],
        },
    };

    public override int StackPointer => Rsp;

    public override int FramePointer => Rbp;

    public override int FrameRecord => 0;

    public override int InstructionPointer => ReturnAddress;

    public override int? LinkRegister => null;

    public override ulong CalleeSaved => (1UL << Rbx) | (1UL << Rbp) | (0xfUL << 12);

    public override bool TryReadRegisters(ReadOnlySpan<byte> general, ref RegisterSet registers)
    {
        if (general.Length < UserRegisters * sizeof(ulong))
        {
            return false;
        }

        ReadOnlySpan<ulong> values = MemoryMarshal.Cast<byte, ulong>(general);
        for (int i = 0; i < UserOrder.Length; i++)
        {
            registers.Set(UserOrder[i], values[i]);
        }

        return true;
    }

    public override ulong? ThreadPointer(ReadOnlySpan<byte> general)
        => general.Length < UserRegisters * sizeof(ulong) ? null : MemoryMarshal.Cast<byte, ulong>(general)[FsBaseIndex];

    public override ulong StripCode(ulong address) => address;

    // E8 rel32, or FF /2 in all its forms (Intel 64 manual, volume 2, CALL); a prefix in front of it is of no matter.
    public override bool IsAfterCall(IMemorySource memory, ulong returnAddress)
    {
        Span<byte> code = stackalloc byte[LongestCall];
        if (returnAddress < LongestCall || !memory.TryRead(returnAddress - LongestCall, code))
        {
            return false;
        }

        if (code[^5] == 0xe8)
        {
            return true;
        }

        for (int length = 2; length <= LongestCall; length++)
        {
            if (code[^length] == 0xff && LengthOfIndirectCall(code[^length..]) == length)
            {
                return true;
            }
        }

        return false;
    }

    public override bool TryGetCallTarget(IMemorySource memory, ulong returnAddress, out ulong target)
    {
        target = 0;
        if (!memory.TryRead(returnAddress - 5, out byte operation) || operation != 0xe8 || !memory.TryRead(returnAddress - 4, out int distance))
        {
            return false;
        }

        target = unchecked(returnAddress + (ulong)distance);
        return true;
    }

    public override bool TryStepOutOfSignal(IMemorySource memory, ref RegisterSet registers)
    {
        Span<byte> code = stackalloc byte[Trampoline.Length];
        Span<ulong> context = stackalloc ulong[ContextOrder.Length];
        if (!registers.TryGet(ReturnAddress, out ulong instruction)
            || !registers.TryGet(Rsp, out ulong stackPointer)
            || !memory.TryRead(instruction, code)
            || !code.SequenceEqual(Trampoline)
            || !memory.TryRead(stackPointer + ContextOffset, MemoryMarshal.AsBytes(context)))
        {
            return false;
        }

        for (int i = 0; i < context.Length; i++)
        {
            registers.Set(ContextOrder[i], context[i]);
        }

        return true;
    }

    // FF, then ModRM with 2 in its middle field; its mode and a SIB byte say how much follows.
    private static int LengthOfIndirectCall(ReadOnlySpan<byte> code)
    {
        byte modRm = code[1];
        if ((modRm >> 3 & 7) != 2)
        {
            return 0;
        }

        int mode = modRm >> 6;
        int register = modRm & 7;
        int sib = mode != 3 && register == 4 ? 1 : 0;
        bool isAbsolute = mode == 0 && (register == 5 || (sib == 1 && code.Length > 2 && (code[2] & 7) == 5));
        return 2 + sib + (mode == 1 ? 1 : mode == 2 || isAbsolute ? 4 : 0);
    }
}
