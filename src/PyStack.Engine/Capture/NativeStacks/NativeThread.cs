using System.Collections.Generic;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using PyStack.Engine.Targets.Live.Stacks;
using PyStack.Engine.Processors;

namespace PyStack.Engine.Capture.NativeStacks;

/// <summary>What the unwinder needs of one OS thread.</summary>
/// <param name="Registers">Those that are known.</param>
/// <param name="Stack">A copy of the used part of its stack, and nothing else.</param>
/// <param name="Moment">The moment that both are from.</param>
internal sealed record NativeThread(int ThreadId, RegisterSet Registers, IMemorySource Stack, NativeMoment Moment)
{
    /// <summary>All registers as ptrace has them, of a thread that was stopped; else empty.</summary>
    public byte[] All { get; init; } = [];

    /// <summary>What of the memory <see cref="Stack"/> has.</summary>
    public IReadOnlyList<AddressRange> Ranges { get; init; } = [];

    /// <summary>Takes over what was read of a thread that was not stopped.</summary>
    public static NativeThread From(SampledThread sample, Processor processor, NativeMoment moment)
    {
        RegisterSet registers = default;
        foreach ((int register, ulong value) in sample.Registers)
        {
            registers.Set(register, value);
        }

        _ = registers.TryGet(processor.StackPointer, out ulong stackPointer);
        return new NativeThread(sample.ThreadId, registers, new CopiedBytes(stackPointer, sample.Stack), moment) { Ranges = [AddressRange.OfLength(stackPointer, (ulong)sample.Stack.Length)] };
    }
}

/// <summary>How a native stack and the Python frames of its thread belong together in time.</summary>
internal enum NativeMoment
{
    /// <summary>The thread may have run while its registers and stack were read.</summary>
    Unknown,

    /// <summary>It is from one moment, but not from that of the Python frames.</summary>
    Other,

    /// <summary>The Python frames were the same before and after it was read: they belong together, although the thread ran.</summary>
    BetweenEqualFrames,

    /// <summary>It is from the moment of the Python frames.</summary>
    SameAsPython,
}
