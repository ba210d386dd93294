using System;
using System.Buffers.Text;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using PyStack.Engine.Native;

namespace PyStack.Engine.Targets.Live.Procfs;

/// <summary>The threads of a process by their ids in the target's PID namespace and in ours.</summary>
/// <remarks>In a container the two differ: <c>NSpid</c> in a thread's status has its id in every PID namespace, ours first.</remarks>
internal sealed class ThreadDirectory : IThreadDirectory
{
    private readonly string _folder;
    private readonly Dictionary<int, int> _byInnerId = [];
    private string? _lastName;

    /// <summary>Lists the threads that exist now.</summary>
    /// <param name="hasMainThread">False if the main thread has ended: its id is still listed then.</param>
    public ThreadDirectory(int processId, bool hasMainThread)
    {
        _folder = ProcessFacts.Folder(processId) + "/task/";
        IsSameNamespace = SharesNamespace(processId);
        foreach (int threadId in List(_folder))
        {
            if (threadId == processId && !hasMainThread)
            {
                continue;
            }

            _byInnerId[IsSameNamespace ? threadId : ReadInnerId(_folder, threadId)] = threadId;
        }
    }

    /// <summary>Whether the target has the same thread ids as we do.</summary>
    public bool IsSameNamespace { get; }

    /// <summary>The ids that the target itself sees.</summary>
    public IReadOnlyCollection<int> InnerIds => _byInnerId.Keys;

    /// <summary>The ids that we see.</summary>
    public IReadOnlyCollection<int> ObserverIds => _byInnerId.Values;

    /// <summary>Our id of the thread whose id in the target's namespace is <paramref name="innerId"/>; 0 if there is none.</summary>
    public int ToObserver(long innerId)
        => innerId is > 0 and <= int.MaxValue && _byInnerId.TryGetValue((int)innerId, out int threadId) ? threadId : 0;

    /// <summary>Whether a thread that was seen has not ended since.</summary>
    public bool Exists(int threadId) => NameOf(threadId) is not null;

    /// <summary>A thread's OS name, or null.</summary>
    public string? NameOf(int threadId)
    {
        // TASK_COMM_LEN of linux/sched.h is 16; those of kernel threads are longer (proc_comm_show).
        Span<byte> name = stackalloc byte[128];
        Span<byte> path = stackalloc byte[64];
        int length = Encoding.ASCII.GetBytes(_folder, path);
        _ = Utf8Formatter.TryFormat(threadId, path[length..], out int digits);
        length += digits;
        "/comm\0"u8.CopyTo(path[length..]);
        length += "/comm\0"u8.Length;
        CallWatch? watch = CallWatch.Enter();
        int count = ProcRead.Head(path[..length], name);
        CallWatch.Leave(watch);
        if (count == 0)
        {
            return null;
        }

        name = name[..(name[count - 1] == (byte)'\n' ? count - 1 : count)];

        // Most threads of a process have one name.
        if (_lastName is null || !Ascii.Equals(name, _lastName))
        {
            _lastName = Encoding.UTF8.GetString(name);
        }

        return _lastName;
    }

    /// <summary>Whether a process counts threads as we do.</summary>
    public static bool SharesNamespace(int processId)
        => OwnNamespaces.Pid is string ours
            && (ProcFile.ReadLink(ProcessFacts.Folder(processId) + "/ns/pid") ?? ours) == ours;

    /// <summary>The ids in a folder such as <c>/proc/PID/task/</c>; empty if the process has gone.</summary>
    public static List<int> List(string folder)
    {
        List<int> ids = [];
        FolderCalls.ListNumbers(folder, ids);
        return ids;
    }

    /// <summary>A process's id as it sees it itself.</summary>
    public static int InnerIdOf(int processId) => ReadInnerId("/proc/", processId);

    private static int ReadInnerId(string folder, int threadId)
    {
        if (!ProcFile.TryReadStatus(folder + threadId.ToString(CultureInfo.InvariantCulture), out byte[] status) || !ProcFile.TryFindField(status, "NSpid"u8, out ReadOnlySpan<byte> ids))
        {
            return threadId;
        }

        ReadOnlySpan<byte> innermost = ids[(ids.LastIndexOfAny((byte)'\t', (byte)' ') + 1)..];
        return Utf8Parser.TryParse(innermost, out int innerId, out _) ? innerId : threadId;
    }
}
