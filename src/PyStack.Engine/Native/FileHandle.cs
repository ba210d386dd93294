using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Threading;

namespace PyStack.Engine.Native;

/// <summary>An open file. Closing one can wait for a disk (FUSE calls its daemon, NFS its server), so a separate thread does that.</summary>
internal sealed class FileHandle : SafeHandle
{
    private static readonly BlockingCollection<int> ToClose = [];
    private static int _hasCloser;

    public FileHandle(int descriptor)
        : base(-1, ownsHandle: true)
        => SetHandle(descriptor);

    /// <summary>Whether what is in memory can be read, and the file closed, without waiting: true for local file systems.</summary>
    public bool IsQuick { get; init; }

    /// <summary>Finds out whether an open file is a quick one.</summary>
    public static unsafe FileHandle Of(int descriptor)
    {
        byte first;
        bool isQuick = FileCalls.ReadWithoutWaiting(descriptor, &first, 1, 0) >= 0 || Marshal.GetLastPInvokeError() == Errno.EAGAIN;
        return new FileHandle(descriptor) { IsQuick = isQuick };
    }

    public override bool IsInvalid => handle < 0;

    protected override bool ReleaseHandle()
    {
        if (IsQuick)
        {
            return FileCalls.Close((int)handle) == 0;
        }

        CloseLater((int)handle);
        return true;
    }

    private static void CloseLater(int descriptor)
    {
        ToClose.Add(descriptor);
        if (Interlocked.Exchange(ref _hasCloser, 1) == 0)
        {
            new Thread(CloseAll, maxStackSize: 1 << 18) { IsBackground = true, Name = "PyStack closes files" }.UnsafeStart();
        }
    }

    private static void CloseAll()
    {
        foreach (int descriptor in ToClose.GetConsumingEnumerable())
        {
            _ = FileCalls.Close(descriptor);
        }
    }
}
