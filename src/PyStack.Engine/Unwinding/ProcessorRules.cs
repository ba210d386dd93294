using System;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using PyStack.Engine.Processors;

namespace PyStack.Engine.Unwinding;

/// <summary>What the unwinder needs to know about a processor in addition to its numbers: how calls and signals look in code and on the stack.</summary>
internal abstract class ProcessorRules
{
    private static readonly ProcessorRules[] All = [new X64Rules(), new Arm64Rules()];

    public abstract Processor Processor { get; }

    /// <summary>Bytes from where the frame pointer points to the caller's saved frame pointer; the return address is in the next word.</summary>
    public abstract int FrameRecord { get; }

    /// <summary>The rules of a processor: each has some.</summary>
    public static ProcessorRules Of(Processor processor)
        => Array.Find(All, rules => ReferenceEquals(rules.Processor, processor)) ?? throw new ArgumentOutOfRangeException(nameof(processor), processor.Name, "no rules");

    /// <summary>Whether the instruction before a return address is a call.</summary>
    public abstract bool IsAfterCall(IMemorySource memory, ulong returnAddress);

    /// <summary>The target of a call before a return address, if it is in the instruction itself.</summary>
    public abstract bool TryGetCallTarget(IMemorySource memory, ulong returnAddress, out ulong target);

    /// <summary>Whether a function has a jump that may lead out of it: into another function, which then returns to its caller, or into a part of its own that is elsewhere.</summary>
    /// <param name="bytes">All of the function.</param>
    public abstract bool MayLeave(ReadOnlySpan<byte> bytes, AddressRange function, ICodeMap code);

    /// <summary>What finds the callers of functions without a frame by their calls; null where the return address of each function is on the stack.</summary>
    public abstract ILeafCallers? NewLeafCallers(ulong codeMask, ICodeMap code);

    /// <summary>At a signal trampoline without call frame information, gets the registers that the signal interrupted.</summary>
    public abstract bool TryStepOutOfSignal(IMemorySource memory, ref RegisterSet registers);

    /// <summary>
    /// Steps out of a copy of CPython's trampoline for perf (<c>-X perf</c>, <c>-X perf_jit</c>; Python/asm_trampoline.S, 3.12 and later), of which each function has one in anonymous memory: no unwind
    /// information, but always the same few instructions.
    /// </summary>
    /// <param name="registers">Of the trampoline, after its one call; of its caller after success.</param>
    public abstract bool TryStepOutOfPerfTrampoline(IMemorySource memory, ref RegisterSet registers);
}
