using System;
using System.Buffers.Text;
using System.Collections.Generic;
using System.Text;
using PyStack.Engine.Native;

namespace PyStack.Engine.Targets.Live.Procfs;

/// <summary>Reads name, state and CPU time of a process's threads: one file for all three, <c>/proc/PID/task/TID/stat</c> (proc_pid_stat(5)).</summary>
internal sealed class ThreadFactsReader(int processId)
{
    /// <summary>The name, at most 64 bytes even of the kernel's own threads, and 50 numbers of at most 20 digits.</summary>
    private const int MaxBytes = 1280;

    /// <summary>Fields 14 and 15 of stat, counted from the state (field 3), which follows the name's closing bracket: user and kernel time.</summary>
    private const int UserTimeIndex = 14 - 3;
    private const int KernelTimeIndex = 15 - 3;

    /// <summary>A clock tick of procfs is 10 ms on both processors, whatever the kernel's own is: USER_HZ (asm-generic/param.h) is 100.</summary>
    private const long TickLength = TimeSpan.TicksPerSecond / 100;

    /// <summary>For so many threads it is worth opening their folder.</summary>
    private const int MinForFolder = 4;

    private readonly byte[] _folder = Encoding.ASCII.GetBytes(ProcessFacts.Folder(processId) + "/task/\0");
    private string? _lastName;

    /// <summary>Reads them of one thread; false if there is no such thread any more.</summary>
    public bool TryRead(int threadId, out ThreadFacts facts) => TryRead(threadId, ProcRead.NoFolder, out facts);

    private bool TryRead(int threadId, int folder, out ThreadFacts facts)
    {
        Span<byte> content = stackalloc byte[MaxBytes];
        Span<byte> path = stackalloc byte[64];
        int start = 0;
        if (folder == ProcRead.NoFolder)
        {
            start = _folder.Length - 1;
            _folder.AsSpan(0, start).CopyTo(path);
        }

        _ = Utf8Formatter.TryFormat(threadId, path[start..], out int digits);
        "/stat\0"u8.CopyTo(path[(start + digits)..]);
        CallWatch? watch = CallWatch.Enter();
        int count = ProcRead.Head(path[..(start + digits + "/stat\0"u8.Length)], content, folder);
        CallWatch.Leave(watch);
        return TryParse(content[..Math.Max(0, count)], out facts);
    }

    /// <summary>Reads them of several threads; those that have ended are left out.</summary>
    public void ReadAll(IReadOnlyList<int> threadIds, Dictionary<int, ThreadFacts> facts)
    {
        int folder = threadIds.Count < MinForFolder ? ProcRead.NoFolder : ProcRead.OpenFolder(_folder);
        try
        {
            for (int i = 0; i < threadIds.Count; i++)
            {
                if (TryRead(threadIds[i], folder, out ThreadFacts found))
                {
                    facts[threadIds[i]] = found;
                }
            }
        }
        finally
        {
            ProcRead.CloseFolder(folder);
        }
    }

    /// <summary>Reads the text of a <c>stat</c>.</summary>
    internal bool TryParse(ReadOnlySpan<byte> stat, out ThreadFacts facts)
    {
        bool isParsed = TryParse(stat, out ReadOnlySpan<byte> name, out PyThreadState state, out TimeSpan? time);
        facts = isParsed ? new ThreadFacts(NameOf(name), state, time) : default;
        return isParsed;
    }

    /// <inheritdoc cref="TryParse(ReadOnlySpan{byte}, out ThreadFacts)"/>
    internal static bool TryParse(ReadOnlySpan<byte> stat, out ReadOnlySpan<byte> name, out PyThreadState state, out TimeSpan? time)
    {
        // A name may have brackets itself; what follows it has none.
        name = default;
        state = PyThreadState.Unknown;
        time = null;
        int open = stat.IndexOf((byte)'(');
        int close = stat.LastIndexOf((byte)')');
        if (open < 0 || close < open || stat.Length < close + 3)
        {
            return false;
        }

        name = stat[(open + 1)..close];
        ReadOnlySpan<byte> fields = stat[(close + 2)..];
        state = ThreadFacts.StateOf((char)fields[0]);
        time = TryField(fields, UserTimeIndex, out long user) && TryField(fields, KernelTimeIndex, out long kernel) ? new TimeSpan((user + kernel) * TickLength) : null;
        return true;
    }

    // Most threads of a process have one name.
    private string NameOf(ReadOnlySpan<byte> name)
    {
        if (_lastName is null || !Ascii.Equals(name, _lastName))
        {
            _lastName = Encoding.UTF8.GetString(name);
        }

        return _lastName;
    }

    private static bool TryField(ReadOnlySpan<byte> fields, int index, out long value)
    {
        value = 0;
        for (int i = 0; i < index; i++)
        {
            int space = fields.IndexOf((byte)' ');
            if (space < 0)
            {
                return false;
            }

            fields = fields[(space + 1)..];
        }

        return Utf8Parser.TryParse(fields, out value, out _) && value is >= 0 and < long.MaxValue / TickLength / 2;
    }
}
