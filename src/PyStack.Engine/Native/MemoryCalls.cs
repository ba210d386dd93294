using System.Runtime.InteropServices;

namespace PyStack.Engine.Native;

/// <summary>The system calls on memory of our own: mmap(2), mprotect(2), munmap(2). Linux, 64-bit.</summary>
internal static partial class MemoryCalls
{
    // asm-generic/mman-common.h and asm-generic/mman.h; x86-64 and aarch64 agree on these.
    private const int ProtectionNone = 0x0;
    private const int ProtectionReadWrite = 0x3;
    private const int MapPrivateAnonymous = 0x22;
    private const int MapNoReserve = 0x4000;

    /// <summary>Reserves addresses without memory; -1 on failure.</summary>
    public static nint MapAnonymous(nuint length) => Map(0, length, ProtectionNone, MapPrivateAnonymous | MapNoReserve, -1, 0);

    /// <summary>Gives reserved addresses memory, which is zero and costs nothing before it is written to.</summary>
    public static bool TryMakeWritable(nint address, nuint length) => Protect(address, length, ProtectionReadWrite) == 0;

    public static void Unmap(nint address, nuint length) => _ = UnmapPages(address, length);

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial nint Map(nint address, nuint length, int protection, int flags, int file, long offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int Protect(nint address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int UnmapPages(nint address, nuint length);
}
