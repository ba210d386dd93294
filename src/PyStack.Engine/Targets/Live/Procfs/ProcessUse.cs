using System;

namespace PyStack.Engine.Targets.Live.Procfs;

/// <summary>What a process does and takes now.</summary>
/// <param name="State">Of its main thread; of another one if that has ended.</param>
/// <param name="CpuTime">How long its threads have run, those that have ended included, and its children not; null if that is not known.</param>
/// <param name="WorkingSet">Bytes of its memory that are in RAM, those that it shares with others included.</param>
internal readonly record struct ProcessUse(PyThreadState State, TimeSpan? CpuTime, long WorkingSet)
{
    /// <summary>Some 400 bytes.</summary>
    private const int MaxBytes = 4096;

    /// <summary>Field 24 of stat, pages in RAM.</summary>
    private const int ResidentIndex = 24 - ThreadFactsReader.FirstField;

    /// <summary>Reads it from <c>/proc/PID/stat</c> (proc_pid_stat(5)); nothing of a process that has ended.</summary>
    /// <param name="accessId">The thread through which the process is examined: the file of any of its threads has the times and the memory of all.</param>
    public static ProcessUse Read(int accessId)
        => ProcFile.TryReadRecord(ProcessFacts.Folder(accessId) + "/stat", MaxBytes, out byte[] stat) && TryParse(stat, Environment.SystemPageSize, out ProcessUse use) ? use : default;

    /// <summary>Reads the text of a <c>stat</c>.</summary>
    internal static bool TryParse(ReadOnlySpan<byte> stat, int pageSize, out ProcessUse use)
    {
        use = default;
        if (!ThreadFactsReader.TryParse(stat, out _, out PyThreadState state, out TimeSpan? time, out ReadOnlySpan<byte> fields))
        {
            return false;
        }

        bool isKnown = ThreadFactsReader.TryField(fields, ResidentIndex, out long pages) && pages < long.MaxValue / pageSize;
        use = new ProcessUse(state, time, isKnown ? pages * pageSize : 0);
        return true;
    }
}
