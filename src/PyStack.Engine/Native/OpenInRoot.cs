using System;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace PyStack.Engine.Native;

/// <summary>
/// Opens files as another process would see them: absolute links and <c>..</c> are followed inside of that process's root
/// (openat2(2), Linux 5.6). Where the kernel cannot do that nothing is opened: it could be a file of ours by the same name.
/// </summary>
internal static unsafe partial class OpenInRoot
{
    /// <summary>Number of openat2, the same on every processor (asm-generic/unistd.h).</summary>
    private const int SYS_openat2 = 437;

    // asm-generic/fcntl.h; O_DIRECTORY differs between processors and is not needed.
    private const int O_PATH = 0x20_0000;

    // linux/openat2.h
    private const ulong RESOLVE_NO_MAGICLINKS = 0x02;
    private const ulong RESOLVE_IN_ROOT = 0x10;

    /// <summary>Holds a folder such as <c>/proc/PID/root</c>, so that it stays the same if the process ends. Invalid on failure.</summary>
    public static SafeFileHandle OpenFolder(string path) => FileCalls.Open(path, O_PATH | FileCalls.CloseOnExec);

    /// <summary>
    /// Opens a regular file for reading; invalid on failure and for everything else. What it is, is seen before it is
    /// opened: opening a pipe or a device can have effects.
    /// </summary>
    /// <param name="root">From <see cref="OpenFolder"/>.</param>
    /// <param name="path">Absolute, in that root.</param>
    public static SafeFileHandle OpenRegular(SafeFileHandle root, string path)
    {
        if (root.IsInvalid || path.Contains('\0', StringComparison.Ordinal))
        {
            return new SafeFileHandle();
        }

        OpenHow how = new() { Flags = O_PATH | FileCalls.CloseOnExec, Resolve = RESOLVE_NO_MAGICLINKS | RESOLVE_IN_ROOT };
        nint descriptor = SystemCall(SYS_openat2, root, path, &how, (nuint)sizeof(OpenHow));
        if (descriptor < 0)
        {
            return new SafeFileHandle();
        }

        using SafeFileHandle place = new(descriptor, ownsHandle: true);
        bool isRegular = FileCalls.TryGetStatus(place, out FileCalls.FileStatus status) && status.IsRegularFile;
        return isRegular ? FileCalls.Open($"/proc/self/fd/{descriptor}", FileCalls.ReadCarefully) : new SafeFileHandle();
    }

    /// <summary>struct open_how of linux/openat2.h</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct OpenHow
    {
        public ulong Flags;
        public ulong Mode;
        public ulong Resolve;
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint SystemCall(nint number, SafeFileHandle folder, string path, OpenHow* how, nuint size);
}
