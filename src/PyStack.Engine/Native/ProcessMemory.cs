using System;
using System.Runtime.InteropServices;

namespace PyStack.Engine.Native;

/// <summary>One piece of memory in a scattered read: <c>struct iovec</c> (bits/types/struct_iovec.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct IoVector
{
    public nuint Base;
    public nuint Length;
}

/// <summary>Reading another process's memory (process_vm_readv(2)).</summary>
internal static unsafe partial class ProcessMemory
{
    /// <summary>The most pieces that one call takes on either side: <c>UIO_MAXIOV</c> (linux/uio.h).</summary>
    public const int MaxPieces = 1024;

    /// <summary>Reads one range. Returns the number of bytes, or -errno.</summary>
    public static nint Read(int processId, ulong address, Span<byte> destination)
    {
        fixed (byte* local = destination)
        {
            IoVector to = new() { Base = (nuint)local, Length = (nuint)destination.Length };
            IoVector from = new() { Base = (nuint)address, Length = (nuint)destination.Length };
            return Read(processId, &to, 1, &from, 1);
        }
    }

    /// <summary>Reads many ranges in one call. Returns the number of bytes, or -errno; it ends at the first page that cannot be read.</summary>
    public static nint Read(int processId, IoVector* local, int localCount, IoVector* remote, int remoteCount)
    {
        CallWatch? watch = CallWatch.Enter();
        nint count = ProcessVmReadv(processId, local, (nuint)localCount, remote, (nuint)remoteCount, 0);
        CallWatch.Leave(watch);
        return count >= 0 ? count : -Marshal.GetLastPInvokeError();
    }

    [LibraryImport("libc", EntryPoint = "process_vm_readv", SetLastError = true)]
    private static partial nint ProcessVmReadv(
        int pid, IoVector* local, nuint localCount, IoVector* remote, nuint remoteCount, nuint flags);
}
