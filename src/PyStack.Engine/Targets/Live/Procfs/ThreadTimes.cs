using System;
using System.Buffers.Text;
using System.Globalization;

namespace PyStack.Engine.Targets.Live.Procfs;

/// <summary>For how long a thread has slept, by <c>/proc/PID/task/TID/sched</c> (kernel/sched/debug.c, proc_sched_show_task), which kernels with CONFIG_SCHED_DEBUG have.</summary>
internal static class ThreadTimes
{
    /// <summary>Some 2 KB; what is looked for is at the beginning.</summary>
    private const int MaxBytes = 8192;

    /// <summary>
    /// Seconds since a thread was last on a processor, at least: the scheduler's clock notes when it leaves one. The calling thread's own note says what time it is
    /// by that clock, to a tick of the kernel.
    /// </summary>
    public static bool TryGetSleep(int processId, int threadId, out double seconds)
    {
        bool isKnown = TryRead(ProcessFacts.Folder(processId) + "/task/" + threadId.ToString(CultureInfo.InvariantCulture) + "/sched", out double then);
        seconds = 0;
        if (!isKnown || !TryRead("/proc/thread-self/sched", out double now))
        {
            return false;
        }

        seconds = Math.Max(0, now - then) / 1000;
        return true;
    }

    // Milliseconds.
    private static bool TryRead(string path, out double value)
    {
        value = 0;
        return ProcFile.TryReadRecord(path, MaxBytes, out byte[] text) && TryParse(text, out value);
    }

    internal static bool TryParse(ReadOnlySpan<byte> text, out double value)
    {
        value = 0;
        int at = text.IndexOf("se.exec_start"u8);
        if (at < 0)
        {
            return false;
        }

        text = text[at..];
        int colon = text.IndexOf((byte)':');
        return colon >= 0 && Utf8Parser.TryParse(text[(colon + 1)..].TrimStart((byte)' '), out value, out _);
    }
}
