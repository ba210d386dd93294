using System;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace PyStack.Engine.Native;

/// <summary>
/// Finds files as another process would see them: absolute links and <c>..</c> are followed inside that process's root
/// (openat2(2), Linux 5.6). Where the kernel cannot do that nothing is found: it could be a file of ours by the same name.
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

    /// <summary>Finds a file and does not open it (O_PATH in open(2)). The descriptor, or -1.</summary>
    /// <param name="error">On failure an errno.</param>
    public static int Find(FilePlace place, out int error)
    {
        error = Errno.ENOENT;
        if (place.Path.Contains('\0', StringComparison.Ordinal) || place.Root is { IsInvalid: true })
        {
            return -1;
        }

        int found;
        if (place.Root is null)
        {
            found = FileCalls.OpenDescriptor(place.Path, O_PATH | FileCalls.CloseOnExec);
        }
        else
        {
            OpenHow how = new() { Flags = O_PATH | FileCalls.CloseOnExec, Resolve = RESOLVE_NO_MAGICLINKS | RESOLVE_IN_ROOT };
            found = (int)SystemCall(SYS_openat2, place.Root, place.Path, &how, (nuint)sizeof(OpenHow));
        }

        error = found < 0 ? Marshal.GetLastPInvokeError() : 0;
        return found;
    }

    /// <summary>struct open_how of linux/openat2.h</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct OpenHow
    {
        public ulong Flags;
        public ulong Mode;
        public ulong Resolve;
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Custom, StringMarshallingCustomType = typeof(PathMarshaller))]
    private static partial nint SystemCall(nint number, SafeHandle folder, string path, OpenHow* how, nuint size);
}
