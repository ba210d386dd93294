using System;
using System.Buffers.Text;
using PyStack.Engine.Native;

namespace PyStack.Engine.Targets.Live.Procfs;

/// <summary>For how long a thread has slept, by <c>/proc/PID/task/TID/sched</c> (kernel/sched/debug.c, proc_sched_show_task), which kernels with CONFIG_SCHED_DEBUG have.</summary>
internal static class ThreadTimes
{
    /// <summary>What is looked for is in the first line after the two of the head.</summary>
    private const int MaxSchedulerBytes = 512;

    /// <summary>As of <see cref="ThreadFactsReader"/>.</summary>
    private const int MaxStatBytes = 1280;

    /// <summary>Field 39 of stat, counted from the state (field 3): the processor that the thread ran on last (proc_pid_stat(5)).</summary>
    private const int ProcessorIndex = 39 - 3;

    /// <summary>Seconds since a thread was last on a processor: the scheduler's clock of that processor notes when it leaves.</summary>
    /// <param name="taskFolder"><c>/proc/PID/task/</c></param>
    public static bool TryGetSleep(string taskFolder, int threadId, out double seconds)
    {
        seconds = 0;
        Span<byte> bytes = stackalloc byte[MaxStatBytes];
        if (!TryParse(bytes[..TaskFile.Head(taskFolder, threadId, "/sched\0"u8, bytes[..MaxSchedulerBytes])], out double then) || then <= 0
            || !TryParseProcessor(bytes[..TaskFile.Head(taskFolder, threadId, "/stat\0"u8, bytes)], out int processor)
            || !ProcessorClocks.TryGetNow(processor, out double now))
        {
            return false;
        }

        seconds = Math.Max(0, now - then) / 1000;
        return true;
    }

    /// <summary>When the calling thread began to run, to a tick of the kernel: milliseconds by the clock of its processor.</summary>
    public static bool TryReadOwn(out double milliseconds)
    {
        Span<byte> text = stackalloc byte[MaxSchedulerBytes];
        return TryParse(text[..ProcRead.Head("/proc/thread-self/sched\0"u8, text)], out milliseconds);
    }

    internal static bool TryParse(ReadOnlySpan<byte> text, out double milliseconds)
    {
        milliseconds = 0;
        int at = text.IndexOf("se.exec_start"u8);
        if (at < 0)
        {
            return false;
        }

        text = text[at..];
        int colon = text.IndexOf((byte)':');
        return colon >= 0 && Utf8Parser.TryParse(text[(colon + 1)..].TrimStart((byte)' '), out milliseconds, out _);
    }

    internal static bool TryParseProcessor(ReadOnlySpan<byte> stat, out int processor)
    {
        processor = 0;
        stat = stat[(stat.LastIndexOf((byte)')') + 1)..].TrimStart((byte)' ');
        for (int i = 0; i < ProcessorIndex; i++)
        {
            stat = stat[(stat.IndexOf((byte)' ') + 1)..];
        }

        return Utf8Parser.TryParse(stat, out processor, out _) && processor >= 0;
    }
}
