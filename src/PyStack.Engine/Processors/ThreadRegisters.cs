using System;
using System.Runtime.InteropServices;
using PyStack.Engine.Native;

namespace PyStack.Engine.Processors;

/// <summary>
/// The general registers of a thread on one processor, as ptrace(2) and cores have them (<c>NT_PRSTATUS</c>). It is used in the pause, so these are plain
/// numbers and not calls that have to be bound.
/// </summary>
/// <param name="dwarfNumbers">The DWARF number of each register of 8 bytes, in the order of the set; -1 where it has none that we follow.</param>
/// <param name="stackPointer">Which of them is the stack pointer, from 0.</param>
/// <param name="threadPointer">
/// Which of them is the thread-local storage base, if that is glibc's <c>pthread_t</c> itself; null where it is no general register, or where the
/// <c>pthread_t</c> is before it, at a distance that only glibc knows.
/// </param>
/// <param name="systemCall">Which of them have a system call.</param>
internal sealed unsafe class ThreadRegisters(sbyte[] dwarfNumbers, int stackPointer, int? threadPointer, SystemCallRegisters systemCall)
{
    private readonly int _stackPointer = stackPointer * sizeof(ulong);
    private readonly int _threadPointer = threadPointer is int index ? index * sizeof(ulong) : -1;

    /// <summary>Where a thread that was in a system call has its number and its arguments.</summary>
    public SystemCallRegisters SystemCall => systemCall;

    /// <summary>Bytes of all registers.</summary>
    public int Size { get; } = dwarfNumbers.Length * sizeof(ulong);

    /// <summary>Whether the registers have the <c>pthread_t</c> of their thread.</summary>
    public bool HavePthreadId => _threadPointer >= 0;

    /// <summary>Reads the registers of a stopped thread.</summary>
    /// <param name="destination"><see cref="Size"/> bytes.</param>
    public bool TryRead(int threadId, Span<byte> destination)
    {
        fixed (byte* start = destination)
        {
            return Ptrace.GetRegisterSet(threadId, Ptrace.GeneralRegisters, start, destination.Length, out int length) == 0
                && length == Size;
        }
    }

    public ulong StackPointer(ReadOnlySpan<byte> registers) => MemoryMarshal.Read<ulong>(registers[_stackPointer..]);

    /// <summary>The thread-local storage base that is the <c>pthread_t</c>; 0 where these registers do not have it.</summary>
    public ulong ThreadPointer(ReadOnlySpan<byte> registers)
        => _threadPointer < 0 || registers.Length < Size ? 0 : MemoryMarshal.Read<ulong>(registers[_threadPointer..]);

    /// <summary>Makes the registers of a thread of which some are known; the others are zero.</summary>
    /// <param name="set">By DWARF number.</param>
    /// <param name="pthreadId">The <c>pthread_t</c>, where the registers have it; 0 for unknown.</param>
    public byte[] Encode(in RegisterSet set, ulong pthreadId)
    {
        byte[] registers = new byte[Size];
        Span<ulong> values = MemoryMarshal.Cast<byte, ulong>(registers.AsSpan());
        for (int i = 0; i < dwarfNumbers.Length; i++)
        {
            values[i] = set.TryGet(dwarfNumbers[i], out ulong value) ? value : 0;
        }

        if (HavePthreadId)
        {
            values[_threadPointer / sizeof(ulong)] = pthreadId;
        }

        return registers;
    }

    /// <summary>Gives registers their DWARF numbers.</summary>
    /// <param name="registers">At least <see cref="Size"/> bytes.</param>
    /// <param name="set">Registers that are not among them stay as they are.</param>
    /// <returns>False where there are fewer bytes; then nothing is set.</returns>
    public bool TryDecode(ReadOnlySpan<byte> registers, ref RegisterSet set)
    {
        if (registers.Length < Size)
        {
            return false;
        }

        ReadOnlySpan<ulong> values = MemoryMarshal.Cast<byte, ulong>(registers);
        for (int i = 0; i < dwarfNumbers.Length; i++)
        {
            set.Set(dwarfNumbers[i], values[i]);
        }

        return true;
    }
}
