using System;
using System.Buffers.Text;
using System.Text;
using PyStack.Engine.Native;

namespace PyStack.Engine.Targets.Live.Stopping;

/// <summary>
/// What the scheduler knows of a process's threads, from <c>/proc/PID/task/TID/stat</c> (proc_pid_stat(5)). Allocates nothing, so that it can
/// be read while other threads of the target are stopped.
/// </summary>
internal sealed class ThreadStates
{
    /// <summary>The state follows the id (7 digits at most) and the name (15 bytes in brackets).</summary>
    private const int HeadBytes = 64;

    /// <summary>The whole line has 52 fields.</summary>
    private const int LineBytes = 1024;

    /// <summary>The processor is field 39: so many spaces after the name, which is field 2.</summary>
    private const int SpacesBeforeProcessor = 37;

    private readonly byte[] _path = new byte[64];
    private readonly int _prefix;

    public ThreadStates(int processId) => _prefix = Encoding.ASCII.GetBytes($"/proc/{processId}/task/", _path);

    /// <summary>Field 3: R, S, D, T, t, Z, X, I; 0 if the thread has ended or its state cannot be read.</summary>
    public char Read(int threadId)
    {
        Span<byte> head = stackalloc byte[HeadBytes];
        ReadOnlySpan<byte> fields = FieldsAfterName(threadId, head);
        return fields.Length > 1 ? (char)fields[1] : '\0';
    }

    /// <summary>Field 39: the processor that a thread runs on, or has run on last; -1 if it has ended.</summary>
    public int ProcessorOf(int threadId)
    {
        Span<byte> line = stackalloc byte[LineBytes];
        ReadOnlySpan<byte> fields = FieldsAfterName(threadId, line);
        for (int i = 0; i < SpacesBeforeProcessor && fields.Length > 0; i++)
        {
            fields = fields[(fields.IndexOf((byte)' ') + 1)..];
        }

        return Utf8Parser.TryParse(fields, out int processor, out _) ? processor : -1;
    }

    // From the space after the name on. The name may hold brackets itself: the last one ends it, and the numbers after it have none.
    private ReadOnlySpan<byte> FieldsAfterName(int threadId, Span<byte> line)
    {
        Span<byte> rest = _path.AsSpan(_prefix);
        if (!Utf8Formatter.TryFormat(threadId, rest, out int digits) || !"/stat\0"u8.TryCopyTo(rest[digits..]))
        {
            return default;
        }

        line = line[..ProcRead.Head(_path, line)];
        int end = line.LastIndexOf((byte)')');
        return end >= 0 ? line[(end + 1)..] : default;
    }
}
