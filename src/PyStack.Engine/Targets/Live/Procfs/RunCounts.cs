using System;
using System.Globalization;

namespace PyStack.Engine.Targets.Live.Procfs;

/// <summary>How long and how often a thread has run so far: the first and the third number of its <c>schedstat</c>.</summary>
internal readonly record struct RunCount(ulong Nanoseconds, ulong TimeSlices);

/// <summary>
/// Finds out whether threads of a process that is not stopped did not run: blocked in the kernel, and not run since an earlier check.
/// </summary>
internal sealed class RunCounts(ProcessFacts facts)
{
    private readonly string _folder = ProcessFacts.Folder(facts.ProcessId) + "/task/";

    /// <summary>
    /// A thread's count; null if the kernel does not count, which it shows by three zeros: without <c>CONFIG_SCHEDSTATS</c> and delay accounting
    /// (fs/proc/base.c, proc_pid_schedstat), or where there is no such thread.
    /// </summary>
    public RunCount? Read(int threadId) => Parse(ProcFile.ReadLine(Path(threadId, "/schedstat")));

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
