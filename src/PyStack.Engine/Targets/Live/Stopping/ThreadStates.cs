using System;
using System.Buffers.Text;
using System.Text;
using PyStack.Engine.Native;

namespace PyStack.Engine.Targets.Live.Stopping;

/// <summary>
/// The scheduler's state of a process's threads, from <c>/proc/PID/task/TID/stat</c> (proc_pid_stat(5), field 3). Allocates nothing, so that it can
/// be read while other threads of the target are stopped.
/// </summary>
internal sealed class ThreadStates
{
    /// <summary>The state follows the id (7 digits at most) and the name (15 bytes in brackets).</summary>
    private const int HeadBytes = 64;

    private readonly byte[] _path = new byte[64];
    private readonly int _prefix;

    public ThreadStates(int processId) => _prefix = Encoding.ASCII.GetBytes($"/proc/{processId}/task/", _path);

    /// <summary>R, S, D, T, t, Z, X, I; 0 if the thread has ended or its state cannot be read.</summary>
    public char Read(int threadId)
    {
        Span<byte> rest = _path.AsSpan(_prefix);
        if (!Utf8Formatter.TryFormat(threadId, rest, out int digits) || !"/stat\0"u8.TryCopyTo(rest[digits..]))
        {
            return '\0';
        }

        Span<byte> head = stackalloc byte[HeadBytes];
        int length = ProcRead.Head(_path, head);

        // The name may hold brackets itself: the last one ends it, and the numbers after it have none.
        int end = head[..length].LastIndexOf((byte)')');
        return end >= 0 && end + 2 < length ? (char)head[end + 2] : '\0';
    }
}
