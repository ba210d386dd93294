using System;
using System.Buffers.Text;

namespace PyStack.Engine.Targets.Live.Procfs;

/// <summary>The system call that a thread is blocked in, by <c>/proc/PID/task/TID/syscall</c> (proc_pid_syscall(5)): all that is read of each thread, so nothing is allocated.</summary>
internal static class SystemCallLine
{
    /// <summary>A number, six arguments and two pointers, of 16 digits each: 171 bytes.</summary>
    private const int MaxBytes = 256;

    /// <summary>False of a thread that runs or has ended, and where we may not see it.</summary>
    public static bool TryRead(string taskFolder, int threadId, out SystemCall call)
    {
        Span<byte> line = stackalloc byte[MaxBytes];
        return TryParse(line[..TaskFile.Head(taskFolder, threadId, "/syscall\0"u8, line)], out call);
    }

    /// <summary>Reads a line: a number and six arguments, or -1 alone, then stack and instruction pointer.</summary>
    internal static bool TryParse(ReadOnlySpan<byte> line, out SystemCall call)
    {
        call = default;
        Span<ulong> words = stackalloc ulong[8];
        if (!Utf8Parser.TryParse(line, out long number, out int end) || number < -1)
        {
            return false;
        }

        int count = 0;
        for (line = line[end..]; count < words.Length && line.StartsWith(" 0x"u8); line = line[end..])
        {
            line = line[3..];
            if (!Utf8Parser.TryParse(line, out words[count++], out end, 'x'))
            {
                return false;
            }
        }

        if (!line.SequenceEqual("\n"u8) || count != (number < 0 ? 2 : 8))
        {
            return false;
        }

        call = number < 0 ? new SystemCall(number, 0, 0, 0, 0, 0, words[1]) : new SystemCall(number, words[0], words[1], words[2], words[3], words[4], words[7]);
        return true;
    }
}
