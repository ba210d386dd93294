using System;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using PyStack.Engine.Native;

namespace PyStack.Engine.Targets.Live.Procfs;

/// <summary>
/// Reads <c>/proc/PID/maps</c> line by line without storing it: for examining all processes of a machine, of which a few have
/// tens of thousands of mappings. One buffer serves them all.
/// </summary>
internal sealed unsafe class MapsScan(long maxBytes)
{
    /// <summary>A line holds a path of at most 4096 bytes, of which each may be escaped by four (seq_file.c).</summary>
    private const int BufferBytes = 32_768;

    private readonly byte[] _buffer = new byte[BufferBytes];

    /// <summary>Looks at one line; false ends the scan.</summary>
    public delegate bool Visitor(ReadOnlySpan<byte> line);

    /// <summary>Shows the visitor every line of a process's maps, up to the limit. Returns 0 or an errno.</summary>
    /// <param name="path">The maps file.</param>
    public int Visit(string path, Visitor visitor)
    {
        CallWatch? watch = CallWatch.Enter();
        using SafeFileHandle file = FileCalls.Open(path, FileCalls.ReadOnly | FileCalls.CloseOnExec);
        CallWatch.Leave(watch);
        if (file.IsInvalid)
        {
            return Marshal.GetLastPInvokeError();
        }

        int kept = 0;
        long offset = 0;
        while (offset < maxBytes)
        {
            nint count;
            fixed (byte* start = _buffer)
            {
                watch = CallWatch.Enter();
                count = FileCalls.PositionedRead(file, start + kept, (nuint)(_buffer.Length - kept), offset);
                CallWatch.Leave(watch);
            }

            if (count < 0 && Marshal.GetLastPInvokeError() == Errno.EINTR)
            {
                continue;
            }

            if (count <= 0)
            {
                return count < 0 ? Marshal.GetLastPInvokeError() : 0;
            }

            offset += count;
            if (!TakeLines(visitor, kept + (int)count, out kept))
            {
                return 0;
            }
        }

        return 0;
    }

    private bool TakeLines(Visitor visitor, int length, out int kept)
    {
        ReadOnlySpan<byte> rest = _buffer.AsSpan(0, length);
        for (int end = rest.IndexOf((byte)'\n'); end >= 0; end = rest.IndexOf((byte)'\n'))
        {
            if (!visitor(rest[..end]))
            {
                kept = 0;
                return false;
            }

            rest = rest[(end + 1)..];
        }

        // A line that does not fit does not come from the kernel: it is dropped.
        kept = rest.Length < _buffer.Length ? rest.Length : 0;
        rest[..kept].CopyTo(_buffer);
        return true;
    }
}
