using System;
using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace PyStack.Engine.Native;

/// <summary>The thread-local storage base of a stopped thread.</summary>
internal static unsafe class ThreadPointer
{
    /// <summary>fs_base in struct user_regs_struct (sys/user.h, x86-64): the 22nd of 27 8-byte registers.</summary>
    private const int FsBaseOffset = 21 * 8;

    private const int RegistersSize = 27 * 8;

    /// <summary>
    /// Whether glibc's <c>pthread_t</c> is the thread pointer itself: so on x86-64. On aarch64 it lies a struct in front of it,
    /// whose size is glibc's own affair.
    /// </summary>
    public static bool IsPthreadId { get; } = RuntimeInformation.ProcessArchitecture == Architecture.X64;

    /// <summary>Reads it from a thread that stands still; 0 if that fails.</summary>
    public static ulong Read(int threadId)
    {
        byte* registers = stackalloc byte[RegistersSize];
        int error = Ptrace.GetRegisterSet(threadId, Ptrace.GeneralRegisters, registers, RegistersSize, out int length);
        return error == 0 && length == RegistersSize
            ? BinaryPrimitives.ReadUInt64LittleEndian(new ReadOnlySpan<byte>(registers + FsBaseOffset, sizeof(ulong)))
            : 0;
    }
}
