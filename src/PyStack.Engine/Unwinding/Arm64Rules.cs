using System;
using System.Runtime.InteropServices;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using PyStack.Engine.Processors;

namespace PyStack.Engine.Unwinding;

/// <summary>Calls and signal frames of aarch64: Arm Architecture Reference Manual, C6.2, and the kernel's asm/sigcontext.h.</summary>
internal sealed class Arm64Rules : ProcessorRules
{
    /// <summary>struct rt_sigframe is siginfo (128 bytes) and ucontext; in it sigcontext at 176, which begins with the fault address (asm/sigcontext.h).</summary>
    private const ulong ContextOffset = 128 + 176 + 8;

    /// <summary>B and BL, of which the other bits are the distance (Arm Architecture Reference Manual, C6.2).</summary>
    public const uint Branch = 0x14000000;
    public const uint BranchWithLink = 0x94000000;

    // mov x8, #139 (__NR_rt_sigreturn); svc #0: the vdso's trampoline.
    private const uint MoveNumber = 0xd2801168;
    private const uint SupervisorCall = 0xd4000001;

    // The trampoline for perf: stp x29,x30,[sp,#-16]!; mov x29,sp; blr x3 and, after it, ldp x29,x30,[sp],#16.
    private static ReadOnlySpan<uint> PerfTrampoline => [0xa9bf7bfd, 0x910003fd, 0xd63f0060, 0xa8c17bfd];

    public override Processor Processor => Arm64.Processor;

    public override int FrameRecord => 0;

    // BL, BLR and BLR with authentication (Arm Architecture Reference Manual, C6.2).
    public override bool IsAfterCall(IMemorySource memory, ulong returnAddress)
        => returnAddress >= 4
            && memory.TryRead(returnAddress - 4, out uint code)
            && ((code & 0xfc000000) == BranchWithLink || (code & 0xfffffc1f) == 0xd63f0000 || (code & 0xfefff800) == 0xd63f0800);

    public override bool TryGetCallTarget(IMemorySource memory, ulong returnAddress, out ulong target)
    {
        target = 0;
        return memory.TryRead(returnAddress - 4, out uint code) && TryGetBranchTarget(code, BranchWithLink, returnAddress - 4, out target);
    }

    // B, B.cond, CBZ and CBNZ, TBZ and TBNZ with their distances in instructions, and BR with or without authentication (Arm Architecture Reference Manual, C6.2).
    public override bool MayLeave(ReadOnlySpan<byte> bytes, AddressRange function, ICodeMap code)
    {
        ReadOnlySpan<uint> instructions = MemoryMarshal.Cast<byte, uint>(bytes);
        for (int i = 0; i < instructions.Length; i++)
        {
            uint word = instructions[i];
            if ((word & 0xfffffc1f) == 0xd61f0000 || (word & 0xfefff800) == 0xd61f0800)
            {
                return true;
            }

            int? distance = (word & 0xfc000000) == 0x14000000 ? (int)(word << 6) >> 6
                : (word & 0xff000000) == 0x54000000 || (word & 0x7e000000) == 0x34000000 ? (int)(word << 8) >> 13
                : (word & 0x7e000000) == 0x36000000 ? (int)(word << 13) >> 18
                : null;
            if (distance is int known && unchecked(function.Start + (ulong)((i + (long)known) * sizeof(uint))) is var target && !function.Contains(target) && code.IsExecutable(target))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The target of a B or BL, which has 26 bits of distance, in instructions.</summary>
    /// <param name="kind">Which of the two.</param>
    public static bool TryGetBranchTarget(uint code, uint kind, ulong address, out ulong target)
    {
        long distance = ((long)code << 38) >> 36;
        target = unchecked(address + (ulong)distance);
        return (code & 0xfc000000) == kind;
    }

    public override ILeafCallers NewLeafCallers(ulong codeMask, ICodeMap code) => new Arm64LeafCallers(this, codeMask, code);

    public override bool TryStepOutOfPerfTrampoline(IMemorySource memory, ref RegisterSet registers)
    {
        Span<uint> code = stackalloc uint[PerfTrampoline.Length];
        Span<ulong> record = stackalloc ulong[2];
        if (!registers.TryGet(Arm64.Pc, out ulong instruction)
            || !registers.TryGet(Arm64.Sp, out ulong stackPointer)
            || !memory.TryRead(instruction - 12, MemoryMarshal.AsBytes(code))
            || !code.SequenceEqual(PerfTrampoline)
            || !memory.TryRead(stackPointer, MemoryMarshal.AsBytes(record)))
        {
            return false;
        }

        registers.KeepOnly(Processor.CalleeSaved);
        registers.Set(Arm64.X29, record[0]);
        registers.Set(Arm64.X30, record[1]);
        registers.Set(Arm64.Sp, stackPointer + 16);
        registers.Set(Arm64.Pc, record[1]);
        return true;
    }

    public override bool TryStepOutOfSignal(IMemorySource memory, ref RegisterSet registers)
    {
        Span<ulong> context = stackalloc ulong[Arm64.Pc + 1];
        if (!registers.TryGet(Arm64.Pc, out ulong instruction)
            || !registers.TryGet(Arm64.Sp, out ulong stackPointer)
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
