using System.Collections.Generic;

namespace PyStack.Engine.Targets.Core;

/// <summary>The threads of a core. The core counts them as the process did; of their names it has the leader's alone.</summary>
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

    /// <summary>Never of a live process that has the same id today.</summary>
    public string? NameOf(int threadId) => _process is { Name.Length: > 0 } && threadId == _process.ProcessId ? _process.Name : null;
}
