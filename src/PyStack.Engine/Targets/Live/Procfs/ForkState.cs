using System;
using System.Buffers.Text;

namespace PyStack.Engine.Targets.Live.Procfs;

/// <summary>Whether a process was forked and still runs the program of its parent: then locks that other threads of the parent had are taken for ever.</summary>
internal static class ForkState
{
    /// <summary>PF_FORKNOEXEC (linux/sched.h): forked but did not exec.</summary>
    private const ulong ForkedWithoutExec = 0x40;

    private const int MaxBytes = 4096;

    /// <summary>Of the fields after the name in brackets: state, parent, group, session, terminal, its group, flags (proc_pid_stat(5)).</summary>
    private const int FlagsIndex = 6;

    /// <summary>False where it cannot be read.</summary>
    public static bool IsForkedWithoutExec(int processId)
        => ProcFile.TryReadRecord(ProcessFacts.Folder(processId) + "/stat", MaxBytes, out byte[] stat) && Parse(stat);

    internal static bool Parse(ReadOnlySpan<byte> stat)
    {
        int close = stat.LastIndexOf((byte)')');
        if (close < 0 || stat.Length < close + 2)
        {
            return false;
        }

        ReadOnlySpan<byte> fields = stat[(close + 2)..];
        for (int i = 0; i < FlagsIndex; i++)
        {
            int space = fields.IndexOf((byte)' ');
            if (space < 0)
            {
                return false;
            }

            fields = fields[(space + 1)..];
        }

        return Utf8Parser.TryParse(fields, out ulong flags, out _) && (flags & ForkedWithoutExec) != 0;
    }
}
