using System;
using System.Runtime.InteropServices;

namespace PyStack.Engine.Processors;

/// <summary>Which registers of a thread have the system call that it was in, counted from 0 in the order of <see cref="ThreadRegisters"/>.</summary>
/// <param name="arguments">Those of the first <see cref="Arguments"/> arguments.</param>
/// <param name="number">That of the call's number; negative outside of a call.</param>
/// <param name="result">That of the result, where it says whether the call was interrupted; null where it is an argument as well.</param>
/// <param name="instruction">The instruction that makes a call, where only that proves that a thread was in one; else null.</param>
internal sealed class SystemCallRegisters(byte[] arguments, int number, int? result, int instructionPointer, uint? instruction)
{
    public const int Arguments = 5;

    // linux/errno.h: ERESTARTSYS, ERESTARTNOINTR, ERESTARTNOHAND, ERESTART_RESTARTBLOCK; asm-generic/errno-base.h: EINTR, of calls that are not made again.
    private static ReadOnlySpan<short> Interrupted => [-512, -513, -514, -516, -4];

    public uint? Instruction => instruction;

    /// <summary>Sets the call that a thread sleeps in, as it would be if it were interrupted now.</summary>
    /// <param name="registers">All of them.</param>
    /// <param name="values">The first arguments.</param>
    public void Write(Span<byte> registers, ReadOnlySpan<ulong> values, long callNumber)
    {
        Span<ulong> all = MemoryMarshal.Cast<byte, ulong>(registers);
        for (int i = 0; i < Arguments; i++)
        {
            all[arguments[i]] = values[i];
        }

        all[number] = (ulong)callNumber;
        if (result is int at)
        {
            all[at] = unchecked((ulong)Interrupted[0]);
        }
    }

    /// <summary>Outside of a call.</summary>
    public void WriteNone(Span<byte> registers) => MemoryMarshal.Cast<byte, ulong>(registers)[number] = result is null ? 0 : ulong.MaxValue;

    /// <summary>Reads the call that a thread was in.</summary>
    /// <param name="registers">All of them.</param>
    /// <param name="values">Gets the arguments.</param>
    /// <returns>False outside of a call, and where it was not interrupted: it had ended.</returns>
    public bool TryRead(ReadOnlySpan<byte> registers, Span<ulong> values, out long callNumber, out ulong callInstruction)
    {
        ReadOnlySpan<ulong> all = MemoryMarshal.Cast<byte, ulong>(registers);
        callNumber = (long)all[number];
        callInstruction = all[instructionPointer];
        for (int i = 0; i < Arguments; i++)
        {
            values[i] = all[arguments[i]];
        }

        return callNumber >= 0 && (result is not int at || ((long)all[at] is >= short.MinValue and < 0 and long code && Interrupted.Contains((short)code)));
    }
}
