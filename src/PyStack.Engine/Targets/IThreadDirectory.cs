using System.Collections.Generic;

namespace PyStack.Engine.Targets;

/// <summary>The threads of a target by their ids, as ids of the target's PID namespace and of the observer's.</summary>
internal interface IThreadDirectory
{
    /// <summary>Whether both are the same namespace.</summary>
    bool IsSameNamespace { get; }

    /// <summary>The ids that the target itself sees.</summary>
    IReadOnlyCollection<int> InnerIds { get; }

    /// <summary>The observer's id of the thread whose id in the target's namespace is <paramref name="innerId"/>; 0 if there is none.</summary>
    int ToObserver(long innerId);

    /// <summary>Whether a thread that was seen is there now.</summary>
    bool Exists(int threadId);

    /// <summary>Reads a thread's OS name, state and CPU time, as they are now; false if there is no such thread.</summary>
    bool TryRead(int threadId, out ThreadFacts facts);

    /// <summary>The same of several threads; those that have ended are left out.</summary>
    void ReadAll(IReadOnlyList<int> threadIds, Dictionary<int, ThreadFacts> facts)
    {
        foreach (int threadId in threadIds)
        {
            if (TryRead(threadId, out ThreadFacts found))
            {
                facts[threadId] = found;
            }
        }
    }
}
