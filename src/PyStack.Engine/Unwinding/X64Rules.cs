using System;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using PyStack.Engine.Processors;

namespace PyStack.Engine.Unwinding;

/// <summary>Calls and signal frames of x86-64: Intel 64 manual, volume 2, and the kernel's asm/sigcontext.h.</summary>
internal sealed class X64Rules : ProcessorRules
{
    /// <summary>struct sigcontext after uc_flags, uc_link and uc_stack of struct ucontext (asm/sigcontext.h, asm-generic/ucontext.h).</summary>
    private const ulong ContextOffset = 40;

    /// <summary>The longest call: FF /2 with a SIB byte and a 32-bit displacement.</summary>
    private const int LongestCall = 7;

    // r8 to r15, rdi, rsi, rbp, rbx, rdx, rax, rcx, rsp, rip.
    private static ReadOnlySpan<byte> ContextOrder => [8, 9, 10, 11, 12, 13, 14, 15, 5, 4, 6, 3, 1, 0, 2, 7, 16];

    /// <summary>mov $__NR_rt_sigreturn,%rax; syscall: what libc points a handler's return address at.</summary>
    private static ReadOnlySpan<byte> Trampoline => [0x48, 0xc7, 0xc0, 0x0f, 0x00, 0x00, 0x00, 0x0f, 0x05];

    // sub $8,%rsp; call *%rcx and, after it, add $8,%rsp; ret (3.12 and early 3.13).
    private static ReadOnlySpan<byte> PaddedCall => [0x48, 0x83, 0xec, 0x08, 0xff, 0xd1, 0x48, 0x83, 0xc4, 0x08, 0xc3];

    // push %rbp; mov %rsp,%rbp; call *%rcx and, after it, pop %rbp; ret (later 3.13, 3.14).
    private static ReadOnlySpan<byte> FramedCall => [0x55, 0x48, 0x89, 0xe5, 0xff, 0xd1, 0x5d, 0xc3];

    /// <summary>Bytes of both up to the return address of the call.</summary>
    private const int ToReturnAddress = 6;

    public override Processor Processor => X64.Processor;

    public override int FrameRecord => 0;

    // E8 rel32, or FF /2 in all its forms (Intel 64 manual, volume 2, CALL); a prefix before it is ignored.
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

    // JMP and Jcc with a 32-bit distance, JMP with one of 8 bits (assemblers use it between neighbours), and FF /4 (Intel 64 manual, volume 2, JMP, Jcc). The bytes are not decoded from the first one on:
    // some that look like a jump are part of another instruction, and then a function only counts as one that may be left. A distance that leads to no code is none.
    public override bool MayLeave(ReadOnlySpan<byte> bytes, AddressRange function, ICodeMap code)
    {
        for (int i = 0; i < bytes.Length - 1; i++)
        {
            if (bytes[i] == 0xff && (bytes[i + 1] >> 3 & 7) == 4)
            {
                return true;
            }

            bool isShort = bytes[i] == 0xeb;
            bool isNear = bytes[i] is 0xe8 or 0xe9 || (bytes[i] == 0x0f && bytes[i + 1] >> 4 == 8);
            int opcode = bytes[i] == 0x0f ? 2 : 1;
            int length = opcode + (isShort ? sizeof(sbyte) : sizeof(int));
            if (!(isShort || isNear) || i + length > bytes.Length)
            {
                continue;
            }

            int distance = isShort ? (sbyte)bytes[i + 1] : BinaryPrimitives.ReadInt32LittleEndian(bytes[(i + opcode)..]);
            ulong target = unchecked(function.Start + (ulong)(i + length) + (ulong)distance);
            if (!code.IsExecutable(target))
            {
                continue;
            }

            if (bytes[i] != 0xe8 && !function.Contains(target))
            {
                return true;
            }

            i += isNear ? length - 1 : 0;
        }

        return false;
    }

    public override ILeafCallers? NewLeafCallers(ulong codeMask, ICodeMap code) => null;

    public override bool TryStepOutOfSignal(IMemorySource memory, ref RegisterSet registers)
    {
        Span<byte> code = stackalloc byte[Trampoline.Length];
        Span<ulong> context = stackalloc ulong[ContextOrder.Length];
        if (!registers.TryGet(X64.ReturnAddress, out ulong instruction)
            || !registers.TryGet(X64.Rsp, out ulong stackPointer)
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

    public override bool TryStepOutOfPerfTrampoline(IMemorySource memory, ref RegisterSet registers)
    {
        Span<byte> code = stackalloc byte[PaddedCall.Length];
        if (!registers.TryGet(X64.ReturnAddress, out ulong instruction)
            || !registers.TryGet(X64.Rsp, out ulong stackPointer)
            || !memory.TryRead(instruction - ToReturnAddress, code)
            || !memory.TryReadPointer(stackPointer + 8, out ulong returnAddress))
        {
            return false;
        }

        bool isFramed = code.StartsWith(FramedCall);
        ulong framePointer = 0;
        if (isFramed ? !memory.TryReadPointer(stackPointer, out framePointer) : !code.SequenceEqual(PaddedCall))
        {
            return false;
        }

        registers.KeepOnly(Processor.CalleeSaved);
        if (isFramed)
        {
            registers.Set(X64.Processor.FramePointer, framePointer);
        }

        registers.Set(X64.Rsp, stackPointer + 16);
        registers.Set(X64.ReturnAddress, returnAddress);
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
