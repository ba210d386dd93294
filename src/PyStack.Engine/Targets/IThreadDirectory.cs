using System.Collections.Generic;

namespace PyStack.Engine.Targets;

/// <summary>The threads of a target by their ids, as the target counts them and as the observer does.</summary>
internal interface IThreadDirectory
{
    /// <summary>Whether both count alike.</summary>
    bool IsSameNamespace { get; }

    /// <summary>The ids that the target itself sees.</summary>
    IReadOnlyCollection<int> InnerIds { get; }

    /// <summary>The id that the observer sees of a thread that the target knows by <paramref name="innerId"/>; 0 if there is none.</summary>
    int ToObserver(long innerId);

    /// <summary>Whether a thread that was seen is there now.</summary>
    bool Exists(int threadId);

    /// <summary>A thread's OS name, or null.</summary>
    string? NameOf(int threadId);
}
