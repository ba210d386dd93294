using System;

namespace PyStack.Engine.Targets.Live.Stopping;

/// <summary>
/// What is done while the target is stopped. It must not open files, look symbols up, log or allocate: all of that is the target's time.
/// </summary>
internal interface IPauseWork
{
    /// <summary>
    /// Runs once while the threads are stopped, on the thread that asked for the pause, which is not the one that traces the target: where a
    /// read of its memory does not return, the tracer resumes the target anyway.
    /// </summary>
    void Run(in StoppedThreads threads);
}

/// <summary>The threads of a target in a pause. Valid until the work is done.</summary>
internal readonly ref struct StoppedThreads(ThreadStopper stopper)
{
    public int Count => stopper.Threads.Count;

    public int ThreadIdAt(int index) => stopper.Threads[index].ThreadId;

    /// <summary>The general registers of a thread as <c>NT_PRSTATUS</c> has them; false if it is not stopped, or registers were not requested.</summary>
    public bool TryGetRegisters(int index, out ReadOnlySpan<byte> registers)
    {
        bool hasThem = stopper.HasRegisters(index);
        registers = hasThem ? stopper.RegistersAt(index) : default;
        return hasThem;
    }
}

/// <summary>What a pause cost the target.</summary>
/// <param name="StartedAt">When the first thread was asked to stop, in UTC.</param>
/// <param name="Length">From there until the last thread was resumed.</param>
/// <param name="Stopping">The part of it until all were stopped.</param>
/// <param name="Working">The part of it in which the work was done.</param>
/// <param name="Threads">How many were stopped.</param>
/// <param name="HasUnstoppedThread">Whether a thread could not be stopped although it might run.</param>
/// <param name="AllocatedBytes">What was allocated on the managed heap by the two threads that make the pause; it should be 0.</param>
internal readonly record struct PauseReport(
    DateTime StartedAt, TimeSpan Length, TimeSpan Stopping, TimeSpan Working, int Threads, bool HasUnstoppedThread, long AllocatedBytes);
