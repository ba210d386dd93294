using System;
using System.Buffers.Text;
using System.Collections.Generic;
using System.Globalization;
using PyStack.Engine.Native;

namespace PyStack.Engine.Targets.Live.Procfs;

/// <summary>The threads of a process by their ids in the target's PID namespace and in ours.</summary>
/// <remarks>In a container the two differ: <c>NSpid</c> in a thread's status has its id in every PID namespace, ours first.</remarks>
internal sealed class ThreadDirectory : IThreadDirectory
{
    private readonly string _folder;
    private readonly ThreadFactsReader _facts;
    private readonly Dictionary<int, int> _byInnerId = [];

    /// <summary>Lists the threads that exist now.</summary>
    /// <param name="hasMainThread">False if the main thread has ended: its id is still listed then.</param>
    public ThreadDirectory(int processId, bool hasMainThread)
    {
        _folder = ProcessFacts.Folder(processId) + "/task/";
        _facts = new ThreadFactsReader(processId);
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
    public bool Exists(int threadId) => TryRead(threadId, out _);

    public bool TryRead(int threadId, out ThreadFacts facts) => _facts.TryRead(threadId, out facts);

    public void ReadAll(IReadOnlyList<int> threadIds, Dictionary<int, ThreadFacts> facts) => _facts.ReadAll(threadIds, facts);

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
