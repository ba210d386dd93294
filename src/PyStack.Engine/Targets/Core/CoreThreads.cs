using System;
using System.Collections.Generic;
using PyStack.Engine.Targets.Saved;

namespace PyStack.Engine.Targets.Core;

/// <summary>The threads of a core. Their ids are those of the process's PID namespace; of their names the core has only the leader's.</summary>
/// <remarks>
/// State: a core has the leader's alone, as it was while the core was written. The kernel's writer lets all threads wait (D) but the one that writes (R), and a debugger has stopped them
/// (t, T): these letters say nothing of the thread before. CPU time: the kernel's note of the leader has that of the whole process (fs/binfmt_elf.c, fill_prstatus), and gdb's gcore
/// writes zeros.
/// </remarks>
internal sealed class CoreThreads : IThreadDirectory
{
    private readonly Dictionary<int, CoreThread> _threads = [];
    private readonly CoreProcessInfo? _process;
    private readonly SavedFacts? _saved;
    private readonly bool _hasTimes;

    public CoreThreads(CoreNotes notes)
    {
        _process = notes.Process;
        _saved = notes.Saved;
        foreach (CoreThread thread in notes.Threads)
        {
            _ = _threads.TryAdd(thread.ThreadId, thread);
            _hasTimes |= thread.CpuTime > TimeSpan.Zero;
        }
    }

    public bool IsSameNamespace => true;

    public IReadOnlyCollection<int> InnerIds => _threads.Keys;

    public int ToObserver(long innerId) => innerId is > 0 and <= int.MaxValue && _threads.ContainsKey((int)innerId) ? (int)innerId : 0;

    public bool Exists(int threadId) => _threads.ContainsKey(threadId);

    /// <summary>Never those of a running process with the same id.</summary>
    public bool TryRead(int threadId, out ThreadFacts facts)
    {
        facts = default;
        if (!_threads.TryGetValue(threadId, out CoreThread? thread))
        {
            return false;
        }

        if (_saved?.ThreadOf(threadId) is SavedThread saved)
        {
            facts = new ThreadFacts(saved.Name, saved.State, saved.CpuTicks is long ticks ? new TimeSpan(ticks) : null);
            return true;
        }

        bool isLeader = _process is null || threadId == _process.ProcessId;
        facts = new ThreadFacts(
            isLeader && _process is { Name.Length: > 0 } ? _process.Name : null,
            isLeader && _process is { State: 'S' or 'Z' or 'I' } ? ThreadFacts.StateOf(_process.State) : PyThreadState.Unknown,
            _hasTimes && !isLeader ? thread.CpuTime : null);
        return true;
    }
}
