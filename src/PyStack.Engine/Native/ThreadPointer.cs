using System;
using System.Runtime.InteropServices;

namespace PyStack.Engine.Native;

/// <summary>The thread-local storage base of a stopped thread.</summary>
internal static class ThreadPointer
{
    /// <summary>No processor of ours has more general registers: 34 of 8 bytes (aarch64).</summary>
    private const int MostBytes = 34 * sizeof(ulong);

    /// <summary>
    /// Whether glibc's <c>pthread_t</c> is the thread pointer itself: so on x86-64. On aarch64 it lies a struct in front of it,
    /// whose size is glibc's own affair.
    /// </summary>
    public static bool IsPthreadId { get; } = RuntimeInformation.ProcessArchitecture == Architecture.X64;

    /// <summary>Reads it from a thread that stands still; 0 if that fails.</summary>
    public static ulong Read(int threadId)
    {
        Span<byte> registers = stackalloc byte[MostBytes];
        registers = registers[..ThreadRegisters.Size];
        return ThreadRegisters.TryRead(threadId, registers) ? ThreadRegisters.ThreadPointer(registers) : 0;
    }
}
