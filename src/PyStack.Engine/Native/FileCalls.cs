using System;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace PyStack.Engine.Native;

/// <summary>The system calls on files: open, size and kind, positioned reads, mappings. Linux, 64-bit.</summary>
internal static unsafe partial class FileCalls
{
    // asm-generic/fcntl.h; x86-64 and aarch64 agree on these.
    public const int ReadOnly = 0x0;
    public const int NoControllingTerminal = 0x100;
    public const int NonBlocking = 0x800;
    public const int CloseOnExec = 0x80000;

    /// <summary>For reading what may turn out to be no regular file: a pipe does not block, a terminal does not become ours.</summary>
    public const int ReadCarefully = ReadOnly | CloseOnExec | NonBlocking | NoControllingTerminal;

    // asm-generic/mman-common.h and linux/mman.h.
    public const int ProtectionRead = 0x1;
    public const int ProtectionReadWrite = 0x3;
    public const int MapShared = 0x1;
    public const int MapPrivate = 0x2;

    /// <summary>linux/fcntl.h, AT_EMPTY_PATH: the call is about the descriptor itself.</summary>
    private const int AtEmptyPath = 0x1000;

    /// <summary>linux/fcntl.h, AT_FDCWD.</summary>
    private const int AtCurrentFolder = -100;

    /// <summary>linux/stat.h, STATX_BASIC_STATS: everything that <c>stat</c> gives.</summary>
    private const uint StatxBasicStats = 0x7ff;

    private const string LibC = "libc";

    /// <summary>Opens a file. The handle is invalid on failure, with the error in <see cref="Marshal.GetLastPInvokeError"/>.</summary>
    [LibraryImport(LibC, EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial SafeFileHandle Open(string path, int flags);

    /// <summary>What an open file is; false on failure, with the error in <see cref="Marshal.GetLastPInvokeError"/>.</summary>
    public static bool TryGetStatus(SafeFileHandle file, out FileStatus status) => Statx(file, "", AtEmptyPath, StatxBasicStats, out status) == 0;

    /// <summary>What a file is that need not be open, symbolic links followed; false on failure.</summary>
    public static bool TryGetStatus(string path, out FileStatus status) => Statx(AtCurrentFolder, path, 0, StatxBasicStats, out status) == 0;

    /// <summary>Bytes read, 0 at the end, or -1.</summary>
    [LibraryImport(LibC, EntryPoint = "pread", SetLastError = true)]
    public static partial nint PositionedRead(SafeFileHandle file, byte* destination, nuint count, long offset);

    /// <summary>The address, or -1.</summary>
    [LibraryImport(LibC, EntryPoint = "mmap", SetLastError = true)]
    public static partial nint Map(nint address, nuint length, int protection, int flags, SafeFileHandle file, long offset);

    [LibraryImport(LibC, EntryPoint = "munmap", SetLastError = true)]
    public static partial int Unmap(nint address, nuint length);

    // 0 or -1. Unlike fstat's, the structure is the same on every processor.
    [LibraryImport(LibC, EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(SafeFileHandle directory, string path, int flags, uint mask, out FileStatus status);

    [LibraryImport(LibC, EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int directory, string path, int flags, uint mask, out FileStatus status);

    /// <summary>linux/stat.h, struct statx: the fields that we use, at their offsets.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    public struct FileStatus
    {
        /// <summary>S_IFMT of linux/stat.h: the bits of <see cref="Mode"/> that hold the kind of file.</summary>
        private const int KindMask = 0xf000;

        /// <summary>S_IFREG of linux/stat.h.</summary>
        private const int RegularFile = 0x8000;

        /// <summary>S_IRWXU, S_IRWXG and S_IRWXO of linux/stat.h.</summary>
        private const int PermissionMask = 0x1ff;

        [FieldOffset(20)]
        public uint UserId;
        [FieldOffset(28)]
        public ushort Mode;
        [FieldOffset(32)]
        public ulong Inode;
        [FieldOffset(40)]
        public ulong Size;
        [FieldOffset(112)]
        public long ModifiedSeconds;
        [FieldOffset(120)]
        public uint ModifiedNanoseconds;
        [FieldOffset(136)]
        public uint DeviceMajor;
        [FieldOffset(140)]
        public uint DeviceMinor;

        public readonly bool IsRegularFile => (Mode & KindMask) == RegularFile;

        /// <summary>Who may do what, as <c>ls</c> and <c>chmod</c> write it in octal.</summary>
        public readonly string Permissions => Convert.ToString(Mode & PermissionMask, 8).PadLeft(4, '0');

        /// <summary>When the content was last changed, in UTC; cut to what a <see cref="DateTime"/> holds, the years 69 to 9892.</summary>
        public readonly DateTime ModifiedAt => DateTime.UnixEpoch
            .AddSeconds(Math.Clamp(ModifiedSeconds, -60_000_000_000, 250_000_000_000))
            .AddTicks(ModifiedNanoseconds / TimeSpan.NanosecondsPerTick);

        public readonly FileIdentity Identity
            => new(DeviceMajor, DeviceMinor, Inode, Size, ModifiedSeconds, ModifiedNanoseconds);
    }
}
