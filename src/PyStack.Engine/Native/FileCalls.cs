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

    /// <summary>For a file that may not be a regular one: a pipe does not block, a terminal does not become our controlling terminal.</summary>
    public const int ReadCarefully = ReadOnly | CloseOnExec | NonBlocking | NoControllingTerminal;

    // asm-generic/mman-common.h and linux/mman.h.
    public const int ProtectionNone = 0x0;
    public const int ProtectionReadWrite = 0x3;
    public const int MapShared = 0x1;
    public const int MapPrivate = 0x2;
    public const int MapAnonymous = 0x20;
    public const int MapNoReserve = 0x4000;

    /// <summary>linux/fcntl.h, AT_EMPTY_PATH: the call is about the descriptor itself.</summary>
    private const int AtEmptyPath = 0x1000;

    /// <summary>linux/fcntl.h, AT_SYMLINK_NOFOLLOW.</summary>
    private const int AtSymbolicLinkNoFollow = 0x100;

    /// <summary>linux/fcntl.h, AT_STATX_DONT_SYNC.</summary>
    private const int AtStatxDontSync = 0x4000;

    /// <summary>linux/fcntl.h, AT_FDCWD.</summary>
    private const int AtCurrentFolder = -100;

    /// <summary>linux/fs.h, RWF_NOWAIT: give what is in memory already, and do not wait for a disk (preadv2(2), Linux 4.14).</summary>
    private const int NoWait = 0x8;

    /// <summary>linux/stat.h, STATX_BASIC_STATS: everything that <c>stat</c> gives.</summary>
    private const uint StatxBasicStats = 0x7ff;

    private const string LibC = "libc";

    // musl has statx() and preadv2() from 1.2.5 on, so both are called by their numbers: asm/unistd_64.h, asm-generic/unistd.h.
    private static readonly nint SYS_statx = IsX64 ? 332 : 291;
    private static readonly nint SYS_preadv2 = IsX64 ? 327 : 286;

    private static bool IsX64 => RuntimeInformation.ProcessArchitecture == Architecture.X64;

    /// <summary>Opens a file. The handle is invalid on failure, with the error in <see cref="Marshal.GetLastPInvokeError"/>.</summary>
    public static SafeFileHandle Open(string path, int flags)
    {
        CallWatch? watch = CallWatch.Enter();
        SafeFileHandle file = OpenHandle(path, flags);
        CallWatch.Leave(watch);
        return file;
    }

    [LibraryImport(LibC, EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Custom, StringMarshallingCustomType = typeof(PathMarshaller))]
    private static partial SafeFileHandle OpenHandle(string path, int flags);

    /// <summary>As <see cref="Open"/>, but the descriptor itself, or -1.</summary>
    [LibraryImport(LibC, EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Custom, StringMarshallingCustomType = typeof(PathMarshaller))]
    public static partial int OpenDescriptor(string path, int flags);

    /// <summary>Closes a descriptor. On some network file systems this waits for the other side.</summary>
    [LibraryImport(LibC, EntryPoint = "close")]
    public static partial int Close(int descriptor);

    /// <summary>What an open file is; false on failure, with the error in <see cref="Marshal.GetLastPInvokeError"/>.</summary>
    public static bool TryGetStatus(SafeHandle file, out FileStatus status)
    {
        CallWatch? watch = CallWatch.Enter();
        nint result = Statx(SYS_statx, file, "", AtEmptyPath, StatxBasicStats, out status);
        CallWatch.Leave(watch);
        return result == 0;
    }

    /// <summary>The kind of a file that need not be open, symbolic links followed; false on failure, with the error in <see cref="Marshal.GetLastPInvokeError"/>.</summary>
    public static bool TryGetStatus(string path, out FileStatus status) => TryGetStatus(path, 0, out status);

    /// <summary>The kind of an open file by its link in procfs, as the kernel has it in memory: neither a disk nor a server is asked.</summary>
    public static bool TryGetKnownStatus(string path, out FileStatus status) => TryGetStatus(path, AtStatxDontSync, out status);

    /// <summary>Whether there is a symbolic link by that name, wherever it leads.</summary>
    public static bool IsLink(string path) => TryGetStatus(path, AtSymbolicLinkNoFollow, out FileStatus status) && status.IsLink;

    private static bool TryGetStatus(string path, int flags, out FileStatus status)
    {
        CallWatch? watch = CallWatch.Enter();
        nint result = Statx(SYS_statx, AtCurrentFolder, path, flags, StatxBasicStats, out status);
        CallWatch.Leave(watch);
        return result == 0;
    }

    /// <summary>Bytes read, 0 at the end, or -1.</summary>
    [LibraryImport(LibC, EntryPoint = "pread", SetLastError = true)]
    public static partial nint PositionedRead(SafeHandle file, byte* destination, nuint count, long offset);

    /// <inheritdoc cref="PositionedRead(SafeHandle, byte*, nuint, long)"/>
    [LibraryImport(LibC, EntryPoint = "pread", SetLastError = true)]
    public static partial nint PositionedRead(int file, byte* destination, nuint count, long offset);

    /// <summary>Bytes that could be read without waiting for a disk, 0 at the end, or -1: EAGAIN if the disk has to be waited for, EOPNOTSUPP if the file system does not support this.</summary>
    public static nint ReadWithoutWaiting(SafeHandle file, byte* destination, nuint count, long offset)
    {
        IoVector to = new() { Base = (nuint)destination, Length = count };
        return PositionedReadVector(SYS_preadv2, file, &to, 1, offset, 0, NoWait);
    }

    /// <inheritdoc cref="ReadWithoutWaiting(SafeHandle, byte*, nuint, long)"/>
    public static nint ReadWithoutWaiting(int file, byte* destination, nuint count, long offset)
    {
        IoVector to = new() { Base = (nuint)destination, Length = count };
        return PositionedReadVector(SYS_preadv2, file, &to, 1, offset, 0, NoWait);
    }

    /// <summary>The address, or -1.</summary>
    [LibraryImport(LibC, EntryPoint = "mmap", SetLastError = true)]
    public static partial nint Map(nint address, nuint length, int protection, int flags, SafeFileHandle file, long offset);

    /// <summary>Memory of no file: the address, or -1.</summary>
    public static nint MapAnonymousMemory(nuint length, int protection) => Map(0, length, protection, MapPrivate | MapAnonymous | MapNoReserve, -1, 0);

    /// <summary>0 or -1.</summary>
    [LibraryImport(LibC, EntryPoint = "mprotect", SetLastError = true)]
    public static partial int Protect(nint address, nuint length, int protection);

    [LibraryImport(LibC, EntryPoint = "munmap", SetLastError = true)]
    public static partial int Unmap(nint address, nuint length);

    // 0 or -1. Unlike fstat's, the structure is the same on every processor.
    [LibraryImport(LibC, EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Custom, StringMarshallingCustomType = typeof(PathMarshaller))]
    private static partial nint Statx(nint number, SafeHandle directory, string path, int flags, uint mask, out FileStatus status);

    [LibraryImport(LibC, EntryPoint = "mmap", SetLastError = true)]
    private static partial nint Map(nint address, nuint length, int protection, int flags, int file, long offset);

    [LibraryImport(LibC, EntryPoint = "syscall", SetLastError = true)]
    private static partial nint PositionedReadVector(nint number, int file, IoVector* pieces, nint count, long offset, long highOffset, int flags);

    [LibraryImport(LibC, EntryPoint = "syscall", SetLastError = true)]
    private static partial nint PositionedReadVector(nint number, SafeHandle file, IoVector* pieces, nint count, long offset, long highOffset, int flags);

    [LibraryImport(LibC, EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Custom, StringMarshallingCustomType = typeof(PathMarshaller))]
    private static partial nint Statx(nint number, int directory, string path, int flags, uint mask, out FileStatus status);

    /// <summary>linux/stat.h, struct statx: the fields that we use, at their offsets.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    public struct FileStatus
    {
        /// <summary>S_IFMT of linux/stat.h: the bits of <see cref="Mode"/> that hold the kind of file.</summary>
        private const int KindMask = 0xf000;

        /// <summary>S_IFREG of linux/stat.h.</summary>
        private const int RegularFile = 0x8000;

        /// <summary>S_IFLNK of linux/stat.h.</summary>
        private const int SymbolicLink = 0xa000;

        /// <summary>S_IFIFO of linux/stat.h.</summary>
        private const int Fifo = 0x1000;

        /// <summary>S_IRWXU, S_IRWXG and S_IRWXO of linux/stat.h.</summary>
        private const int PermissionMask = 0x1ff;

        [FieldOffset(20)]
        public uint UserId;
        [FieldOffset(24)]
        public uint GroupId;
        [FieldOffset(28)]
        public ushort Mode;
        [FieldOffset(32)]
        public ulong Inode;
        [FieldOffset(40)]
        public ulong Size;
        [FieldOffset(96)]
        public long ChangedSeconds;
        [FieldOffset(104)]
        public uint ChangedNanoseconds;
        [FieldOffset(112)]
        public long ModifiedSeconds;
        [FieldOffset(120)]
        public uint ModifiedNanoseconds;
        [FieldOffset(136)]
        public uint DeviceMajor;
        [FieldOffset(140)]
        public uint DeviceMinor;

        public readonly bool IsRegularFile => (Mode & KindMask) == RegularFile;

        public readonly bool IsFifo => (Mode & KindMask) == Fifo;

        public readonly bool IsLink => (Mode & KindMask) == SymbolicLink;

        /// <summary>Who may do what, as <c>ls</c> and <c>chmod</c> write it in octal.</summary>
        public readonly string Permissions => Convert.ToString(Mode & PermissionMask, 8).PadLeft(4, '0');

        /// <summary>When the content was last changed, in UTC; limited to the range of <see cref="DateTime"/>, the years 69 to 9892.</summary>
        public readonly DateTime ModifiedAt => DateTime.UnixEpoch
            .AddSeconds(Math.Clamp(ModifiedSeconds, -60_000_000_000, 250_000_000_000))
            .AddTicks(ModifiedNanoseconds / TimeSpan.NanosecondsPerTick);

        public readonly FileIdentity Identity
            => new(DeviceMajor, DeviceMinor, Inode, Size, ModifiedSeconds, ModifiedNanoseconds);

        public readonly FileState State => new(Identity, ChangedSeconds, ChangedNanoseconds);
    }
}
