using System;
using System.Runtime.InteropServices;

namespace PyStack.Engine.Native;

/// <summary>Reads the beginning of a file of procfs without allocating.</summary>
internal static unsafe partial class ProcRead
{
    /// <summary>Reads the first bytes of a file.</summary>
    /// <param name="path">Ends in a zero byte.</param>
    /// <param name="destination">Filled with one read(2): the beginning of the file.</param>
    /// <returns>How many bytes were read; 0 if it cannot be read.</returns>
    public static int Head(ReadOnlySpan<byte> path, Span<byte> destination)
    {
        fixed (byte* name = path)
        fixed (byte* bytes = destination)
        {
            int file = Open(name, FileCalls.ReadOnly | FileCalls.CloseOnExec);
            if (file < 0)
            {
                return 0;
            }

            nint count = Read(file, bytes, (nuint)destination.Length);
            _ = Close(file);
            return (int)Math.Max(0, count);
        }
    }

    [LibraryImport("libc", EntryPoint = "open")]
    private static partial int Open(byte* path, int flags);

    [LibraryImport("libc", EntryPoint = "read")]
    private static partial nint Read(int file, byte* destination, nuint count);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int file);
}
