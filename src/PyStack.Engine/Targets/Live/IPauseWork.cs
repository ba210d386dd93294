using System;

namespace PyStack.Engine.Targets.Live;

/// <summary>
/// What is done while the target stands still. It must not open files, look symbols up, log or allocate: all of that is
/// the target's time.
/// </summary>
internal interface IPauseWork
{
    /// <summary>Runs once, on the OS thread that traces the target.</summary>
    void Run(ThreadStopper threads);
}

/// <summary>What a pause cost the target.</summary>
/// <param name="StartedAt">When the first thread was asked to stop, in UTC.</param>
/// <param name="Length">From there until the last thread was let go.</param>
/// <param name="Stopping">The part of it until all stood still.</param>
/// <param name="Working">The part of it in which the work was done.</param>
/// <param name="Threads">How many were stopped.</param>
/// <param name="HasRunner">Whether a thread could not be brought to stand still although it might run.</param>
internal readonly record struct PauseReport(DateTime StartedAt, TimeSpan Length, TimeSpan Stopping, TimeSpan Working, int Threads, bool HasRunner);
