using System;
using System.Buffers.Text;
using PyStack.Engine.Targets.Live.Procfs;

namespace PyStack.Engine.Waits.SystemCalls;

/// <summary>The locks of files by <c>/proc/locks</c> (proc_locks(5)): after each lock, marked by an arrow, who waits for it.</summary>
internal sealed class FileLocks
{
    private const int MaxBytes = 4 << 20;

    private byte[]? _table;

    /// <summary>The process that has the lock which a process waits for; 0 if it is not listed, -1 if the lock belongs to an open file and no process.</summary>
    /// <param name="inode">The file's; 0 if it is not known.</param>
    public int HolderFor(int processId, ulong inode, bool isFlock)
        => Find(_table ??= ProcFile.TryRead("/proc/locks", MaxBytes, out byte[] locks) ? locks : [], processId, inode, isFlock);

    /// <summary>Whether there is a process with an id.</summary>
    public static bool Exists(int processId) => ProcFile.ReadLine(ProcessFacts.Folder(processId) + "/comm") is not null;

    internal static int Find(ReadOnlySpan<byte> locks, int processId, ulong inode, bool isFlock)
    {
        int holder = 0;
        foreach (Range one in locks.Split((byte)'\n'))
        {
            ReadOnlySpan<byte> line = locks[one];
            int colon = line.IndexOf((byte)':');
            if (colon < 0)
            {
                continue;
            }

            // N: [->] FLOCK|POSIX|OFDLCK ADVISORY READ|WRITE process device:device:inode first last
            ReadOnlySpan<byte> rest = line[(colon + 1)..].TrimStart((byte)' ');
            bool isWaiter = rest.StartsWith("->"u8);
            rest = isWaiter ? rest[2..].TrimStart((byte)' ') : rest;
            bool isOfKind = rest.StartsWith("FLOCK"u8) == isFlock;
            for (int column = 0; column < 3; column++)
            {
                rest = rest.IndexOf((byte)' ') is >= 0 and int end ? rest[end..].TrimStart((byte)' ') : default;
            }

            if (!Utf8Parser.TryParse(rest, out int owner, out int digits))
            {
                continue;
            }

            if (!isWaiter)
            {
                holder = owner;
                continue;
            }

            rest = rest[digits..].TrimStart((byte)' ');
            int last = rest.IndexOf((byte)' ') is >= 0 and int length ? rest[..length].LastIndexOf((byte)':') : -1;
            if (owner == processId && isOfKind && last >= 0 && Utf8Parser.TryParse(rest[(last + 1)..], out ulong number, out _) && (inode == 0 || number == inode))
            {
                return holder;
            }
        }

        return 0;
    }
}
