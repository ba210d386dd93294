using System;
using System.Buffers.Text;

namespace PyStack.Engine.Targets.Live.Procfs;

/// <summary>What a process does and takes now.</summary>
/// <param name="State">Of its main thread; of another one if that has ended.</param>
/// <param name="CpuTime">How long its threads have run, those that have ended included, and its children not; null if that is not known.</param>
/// <param name="WorkingSet">Bytes of its memory that are in RAM, those that it shares with others included.</param>
internal readonly record struct ProcessUse(PyThreadState State, TimeSpan? CpuTime, long WorkingSet)
{
    private const int MaxStatBytes = 4096;
    private const int KiloByte = 1024;

    /// <summary>Reads it from <c>stat</c> and <c>status</c>, whose memory is more exact (proc_pid_stat(5)); nothing of a process that has ended.</summary>
    public static ProcessUse Read(ProcessFacts facts)
    {
        // The files of any of its threads have the times and the memory of all.
        ReadOnlySpan<byte> status = facts.AccessId == facts.ProcessId ? facts.Status.Span : ProcFile.TryReadStatus(facts.AccessFolder, out byte[] other) ? other : [];
        return ProcFile.TryReadRecord(facts.AccessFolder + "/stat", MaxStatBytes, out byte[] stat) ? Parse(stat, status) : default;
    }

    /// <summary>Reads the text of both.</summary>
    internal static ProcessUse Parse(ReadOnlySpan<byte> stat, ReadOnlySpan<byte> status)
    {
        _ = ThreadFactsReader.TryParse(stat, out _, out PyThreadState state, out TimeSpan? time);
        bool isKnown = ProcFile.TryFindField(status, "VmRSS"u8, out ReadOnlySpan<byte> resident)
            & Utf8Parser.TryParse(resident, out long size, out _)
            & size is > 0 and < long.MaxValue / KiloByte;
        return new ProcessUse(state, time, isKnown ? size * KiloByte : 0);
    }
}
