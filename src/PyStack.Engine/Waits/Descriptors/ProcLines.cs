using System;
using System.Runtime.InteropServices;
using PyStack.Engine.Native;

namespace PyStack.Engine.Waits.Descriptors;

/// <summary>Reads a long table of procfs line by line, as long as there is time.</summary>
internal static unsafe class ProcLines
{
    private const int BufferBytes = 64 << 10;

    /// <summary>What is done with a line.</summary>
    /// <returns>False to end.</returns>
    public delegate bool Take(ReadOnlySpan<byte> line);

    /// <summary>Gives all lines to <paramref name="take"/>. Of a line that is longer than the buffer parts are lost.</summary>
    /// <param name="hasHead">Whether the first line is a table's head, which is left out.</param>
    public static void Read(string path, WaitBudget budget, Take take, bool hasHead = true)
    {
        byte[] buffer = new byte[BufferBytes];
        int file = FileCalls.OpenDescriptor(path, FileCalls.ReadOnly | FileCalls.CloseOnExec);
        if (file < 0)
        {
            return;
        }

        int length = 0;
        bool isHead = hasHead;
        long offset = 0;
        while (budget.Remains)
        {
            CallWatch? watch = CallWatch.Enter();
            nint count;
            fixed (byte* start = buffer)
            {
                count = FileCalls.PositionedRead(file, start + length, (nuint)(buffer.Length - length), offset);
            }

            CallWatch.Leave(watch);
            if (count < 0 && Marshal.GetLastPInvokeError() == Errno.EINTR)
            {
                continue;
            }

            if (count <= 0)
            {
                break;
            }

            offset += count;
            length += (int)count;
            int from = 0;
            for (int end = buffer.AsSpan(0, length).IndexOf((byte)'\n'); end >= 0; end = buffer.AsSpan(from, length - from).IndexOf((byte)'\n'))
            {
                if (!isHead && !take(buffer.AsSpan(from, end)))
                {
                    _ = FileCalls.Close(file);
                    return;
                }

                isHead = false;
                from += end + 1;
            }

            buffer.AsSpan(from, length - from).CopyTo(buffer);
            length -= from;
            length = length == buffer.Length ? 0 : length;
        }

        _ = FileCalls.Close(file);
    }
}
