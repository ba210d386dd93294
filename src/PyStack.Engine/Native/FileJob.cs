using System;
using System.Diagnostics.CodeAnalysis;
using System.Threading;

namespace PyStack.Engine.Native;

/// <summary>One piece of work on a file that may wait for a disk, for a <see cref="FileWorker"/>. Its results belong to it until it is done.</summary>
/// <param name="name">The file, as messages name it.</param>
/// <param name="device">A key that is the same for all files on one disk; the name if the disk is unknown.</param>
/// <param name="rights">The rights to open it with; null for our own.</param>
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

    /// <summary>Called instead of <see cref="Run"/> if the rights could not be assumed: the thread has our own.</summary>
    public abstract void RunWithOwnRights();

    /// <summary>It is done, but no one waits any more: releases its resources. On the worker's thread.</summary>
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
