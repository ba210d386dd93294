using System.Collections.Generic;

namespace PyStack.Engine.Targets.Core;

/// <summary>The threads of a core. Their ids are those of the process's PID namespace; of their names the core has only the leader's.</summary>
internal sealed class CoreThreads : IThreadDirectory
{
    private readonly HashSet<int> _ids = [];
    private readonly CoreProcessInfo? _process;

    public CoreThreads(CoreNotes notes)
    {
        _process = notes.Process;
        foreach (CoreThread thread in notes.Threads)
        {
            _ids.Add(thread.ThreadId);
        }
    }

    public bool IsSameNamespace => true;

    public IReadOnlyCollection<int> InnerIds => _ids;

    public int ToObserver(long innerId) => innerId is > 0 and <= int.MaxValue && _ids.Contains((int)innerId) ? (int)innerId : 0;

    public bool Exists(int threadId) => _ids.Contains(threadId);

    /// <summary>Never those of a running process with the same id.</summary>
    public string? NameOf(int threadId) => _process is { Name.Length: > 0 } && threadId == _process.ProcessId ? _process.Name : null;
}
