using System;
using System.Runtime.InteropServices;
using PyStack.Engine.Native;

namespace PyStack.Engine.Processors;

/// <summary>
/// The general registers of a stopped thread on one processor, as the kernel gives them: <c>NT_PRSTATUS</c> of ptrace(2). Where they stand is
/// the descriptor's word (<c>Unwinding/Architectures</c>). It is asked in the pause, so these are plain numbers and no calls that have to be bound.
/// </summary>
/// <param name="count">How many registers of 8 bytes there are.</param>
/// <param name="stackPointer">Which of them is the stack pointer, from 0.</param>
/// <param name="threadPointer">
/// Which of them is the thread-local storage base, if that is glibc's <c>pthread_t</c> itself; null where it is no general register, or where the
/// <c>pthread_t</c> lies in front of it by a size that is glibc's own affair.
/// </param>
internal sealed unsafe class ThreadRegisters(int count, int stackPointer, int? threadPointer)
{
    private readonly int _stackPointer = stackPointer * sizeof(ulong);
    private readonly int _threadPointer = threadPointer is int index ? index * sizeof(ulong) : -1;

    /// <summary>Bytes of all registers.</summary>
    public int Size { get; } = count * sizeof(ulong);

    /// <summary>Whether the registers tell the <c>pthread_t</c> of their thread.</summary>
    public bool HavePthreadId => _threadPointer >= 0;

    /// <summary>Reads the registers of a thread that stands still.</summary>
    /// <param name="destination"><see cref="Size"/> bytes.</param>
    public bool TryRead(int threadId, Span<byte> destination)
    {
        fixed (byte* start = destination)
        {
            return Ptrace.GetRegisterSet(threadId, Ptrace.GeneralRegisters, start, destination.Length, out int length) == 0
                && length == Size;
        }
    }

    /// <summary>The <c>pthread_t</c> of a thread that stands still; 0 if it cannot be read.</summary>

    public ulong StackPointer(ReadOnlySpan<byte> registers) => MemoryMarshal.Read<ulong>(registers[_stackPointer..]);

    /// <summary>The thread-local storage base; 0 where the registers do not tell it.</summary>
    public ulong ThreadPointer(ReadOnlySpan<byte> registers) => _threadPointer < 0 ? 0 : MemoryMarshal.Read<ulong>(registers[_threadPointer..]);
}
