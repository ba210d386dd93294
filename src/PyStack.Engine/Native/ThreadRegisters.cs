using System;
using System.Runtime.InteropServices;

namespace PyStack.Engine.Native;

/// <summary>The general registers of a stopped thread, as the kernel gives them: <c>NT_PRSTATUS</c> of ptrace(2).</summary>
internal static unsafe class ThreadRegisters
{
    // struct user_regs_struct (sys/user.h, x86-64): 27 registers, rsp the 20th, fs_base the 22nd.
    private const int X64Count = 27;
    private const int X64StackPointer = 19;
    private const int X64ThreadPointer = 21;

    // struct user_pt_regs (asm/ptrace.h, aarch64): x0 to x30, sp, pc, pstate.
    private const int Arm64Count = 34;
    private const int Arm64StackPointer = 31;

    private static readonly bool IsX64 = RuntimeInformation.ProcessArchitecture == Architecture.X64;

    /// <summary>Bytes of all registers on this processor.</summary>
    public static int Size => (IsX64 ? X64Count : Arm64Count) * sizeof(ulong);

    /// <summary>Reads the registers of a thread that stands still.</summary>
    /// <param name="destination"><see cref="Size"/> bytes.</param>
    public static bool TryRead(int threadId, Span<byte> destination)
    {
        fixed (byte* start = destination)
        {
            return Ptrace.GetRegisterSet(threadId, Ptrace.GeneralRegisters, start, destination.Length, out int length) == 0
                && length == Size;
        }
    }

    public static ulong StackPointer(ReadOnlySpan<byte> registers) => At(registers, IsX64 ? X64StackPointer : Arm64StackPointer);

    /// <summary>The thread-local storage base; 0 on aarch64, where it is no general register.</summary>
    public static ulong ThreadPointer(ReadOnlySpan<byte> registers) => IsX64 ? At(registers, X64ThreadPointer) : 0;

    private static ulong At(ReadOnlySpan<byte> registers, int index) => MemoryMarshal.Read<ulong>(registers[(index * sizeof(ulong))..]);
}
