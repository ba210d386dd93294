using System;
using System.Runtime.InteropServices;

namespace PyStack.Engine.Native;

/// <summary>Reads the beginning of a file of procfs without allocating.</summary>
internal static unsafe partial class ProcRead
{
    /// <summary>AT_FDCWD (linux/fcntl.h): no folder.</summary>
    public const int NoFolder = -100;

    /// <summary>Reads the first bytes of a file.</summary>
    /// <param name="path">Ends in a zero byte.</param>
    /// <param name="destination">Filled with one read(2): the beginning of the file.</param>
    /// <param name="folder">Of <see cref="OpenFolder"/>, if the path is relative to it.</param>
    /// <returns>How many bytes were read; 0 if it cannot be read.</returns>
    public static int Head(ReadOnlySpan<byte> path, Span<byte> destination, int folder = NoFolder)
    {
        fixed (byte* name = path)
        fixed (byte* bytes = destination)
        {
            int file = OpenAt(folder, name, FileCalls.ReadOnly | FileCalls.CloseOnExec);
            if (file < 0)
            {
                return 0;
            }

            nint count = Read(file, bytes, (nuint)destination.Length);
            _ = Close(file);
            return (int)Math.Max(0, count);
        }
    }

    /// <summary>Opens a folder of procfs, of which many files are read: the kernel looks up each part of a path anew.</summary>
    /// <returns><see cref="NoFolder"/> if it cannot be opened.</returns>
    public static int OpenFolder(ReadOnlySpan<byte> path)
    {
        fixed (byte* name = path)
        {
            return OpenAt(NoFolder, name, FileCalls.ReadOnly | FileCalls.CloseOnExec) is >= 0 and int folder ? folder : NoFolder;
        }
    }

    /// <summary>Closes what <see cref="OpenFolder"/> has opened.</summary>
    public static void CloseFolder(int folder)
    {
        if (folder >= 0)
        {
            _ = Close(folder);
        }
    }

    [LibraryImport("libc", EntryPoint = "openat")]
    private static partial int OpenAt(int folder, byte* path, int flags);

    [LibraryImport("libc", EntryPoint = "read")]
    private static partial nint Read(int file, byte* destination, nuint count);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int file);
}
