using System;
using System.Buffers.Text;
using System.Globalization;

namespace PyStack.Engine.Targets.Live.Procfs;

/// <summary>How long and how often a thread has run so far: the first and the third number of its <c>schedstat</c>, or 0 and the context switches of its <c>status</c>.</summary>
internal readonly record struct RunCount(ulong Nanoseconds, ulong TimeSlices);

/// <summary>
/// Finds out whether threads of a process that is not stopped did not run: blocked in the kernel, and not run since an earlier check.
/// </summary>
/// <param name="facts">Of the process.</param>
/// <param name="hasScheduleStatistics">Whether this kernel fills <c>schedstat</c>; null to find out.</param>
internal sealed class RunCounts(ProcessFacts facts, bool? hasScheduleStatistics = null)
{
    /// <summary>This thread has run: three zeros say that the kernel does not count (fs/proc/base.c, proc_pid_schedstat, without <c>CONFIG_SCHED_INFO</c>).</summary>
    private static readonly bool KernelCounts = Parse(ProcFile.ReadLine("/proc/thread-self/schedstat")) is not null;

    private readonly bool _hasScheduleStatistics = hasScheduleStatistics ?? KernelCounts;
    private readonly string _folder = ProcessFacts.Folder(facts.ProcessId) + "/task/";

    /// <summary>
    /// A thread's count; null where there is no such thread. Without <c>schedstat</c> the context switches do: each time a thread leaves its processor is one (kernel/sched/core.c, __schedule).
    /// </summary>
    public RunCount? Read(int threadId)
        => _hasScheduleStatistics ? Parse(ProcFile.ReadLine(Path(threadId, "/schedstat")))
            : ProcFile.TryReadStatus(Path(threadId, ""), out byte[] status) ? ParseSwitches(status)
            : null;

    /// <summary>Reads a line of <c>schedstat</c>: nanoseconds on a processor, nanoseconds of waiting for one, time slices.</summary>
    internal static RunCount? Parse(ReadOnlySpan<char> line)
    {
        int first = line.IndexOf(' ');
        int last = line.LastIndexOf(' ');
        return first > 0
            && ulong.TryParse(line[..first], NumberStyles.None, CultureInfo.InvariantCulture, out ulong time)
            && ulong.TryParse(line[(last + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out ulong slices)
            && slices > 0
                ? new RunCount(time, slices)
                : null;
    }

    /// <summary>Reads the context switches of a <c>status</c> file: the thread's own, and those by which the kernel took its processor away.</summary>
    internal static RunCount? ParseSwitches(ReadOnlySpan<byte> status)
        => ProcFile.TryFindField(status, "voluntary_ctxt_switches"u8, out ReadOnlySpan<byte> own) && Utf8Parser.TryParse(own, out ulong voluntary, out _)
            && ProcFile.TryFindField(status, "nonvoluntary_ctxt_switches"u8, out ReadOnlySpan<byte> taken) && Utf8Parser.TryParse(taken, out ulong involuntary, out _)
            && unchecked(voluntary + involuntary) is > 0 and ulong slices
                ? new RunCount(0, slices)
                : null;

    /// <summary>
    /// The line of <c>syscall</c> of a thread that is blocked in the kernel (proc_pid_syscall(5)); null of one that runs. The kernel waits until a thread that is
    /// about to sleep has left its processor (kernel/sched/core.c, wait_task_inactive), so that its time is counted then.
    /// </summary>
    public string? BlockedAt(int threadId)
    {
        string? line = ProcFile.ReadLine(Path(threadId, "/syscall"));
        return line is null or "running" ? null : line;
    }

    /// <summary>
    /// Whether a thread has not run from <paramref name="since"/> on until now. That it is blocked now is part of the proof: the count of one that
    /// runs does not move until it leaves its processor.
    /// </summary>
    public bool HasStoodStill(int threadId, RunCount? since) => since is not null && BlockedAt(threadId) is not null && Read(threadId) == since;

    private string Path(int threadId, string file) => _folder + threadId.ToString(CultureInfo.InvariantCulture) + file;
}
