using System;
using System.Buffers.Text;
using System.Text;
using PyStack.Engine.Native;

namespace PyStack.Engine.Targets.Live.Procfs;

/// <summary>Reads the beginning of a file of one thread, <c>/proc/PID/task/TID/NAME</c>, without allocating: some are read of each of a thousand threads.</summary>
internal static class TaskFile
{
    /// <summary>Reads the first bytes.</summary>
    /// <param name="taskFolder"><c>/proc/PID/task/</c></param>
    /// <param name="name">For example <c>/stat</c>, with a zero byte at its end.</param>
    /// <returns>How many bytes were read; 0 if it cannot be read.</returns>
    public static int Head(string taskFolder, int threadId, ReadOnlySpan<byte> name, Span<byte> destination)
    {
        Span<byte> path = stackalloc byte[128];
        int length = Encoding.ASCII.GetBytes(taskFolder, path);
        _ = Utf8Formatter.TryFormat(threadId, path[length..], out int digits);
        length += digits;
        name.CopyTo(path[length..]);
        CallWatch? watch = CallWatch.Enter();
        int count = ProcRead.Head(path[..(length + name.Length)], destination);
        CallWatch.Leave(watch);
        return count;
    }
}
