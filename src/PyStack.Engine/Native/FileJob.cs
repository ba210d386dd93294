using System;
using System.Diagnostics.CodeAnalysis;
using System.Threading;

namespace PyStack.Engine.Native;

/// <summary>One piece of work on a file that may wait for a disk, for a <see cref="FileWorker"/>. What it gives belongs to it until it is done.</summary>
/// <param name="name">The file, as messages name it.</param>
/// <param name="device">What all files have in common that wait for the same disk: where that is not known, the name.</param>
/// <param name="rights">With whose rights; null for our own.</param>
[SuppressMessage("Design", "CA1001", Justification = "The event has a handle of the kernel only if it is asked for one, and both threads may be the last to use it.")]
internal abstract class FileJob(string name, string? device, FileRights? rights)
{
    private readonly ManualResetEventSlim _done = new();

    public string Name { get; } = name;

    public string Device { get; } = device ?? name;

    public FileRights? Rights { get; } = rights;

    /// <summary>What the work threw; null if nothing.</summary>
    public Exception? Failure { get; set; }

    /// <summary>Does the work, on the worker's thread.</summary>
    public abstract void Run();

    /// <summary>The rights could not be taken on, and the thread has our own: instead of <see cref="Run"/>.</summary>
    public abstract void RunWithOwnRights();

    /// <summary>It is done, but nobody waits any more: gives back what it holds. On the worker's thread.</summary>
    public abstract void Discard();

    public void Complete() => _done.Set();

    public bool Wait(TimeSpan limit, CancellationToken cancellation)
    {
        try
        {
            return _done.Wait(limit, cancellation);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
