using System;

namespace PyStack.Engine.Targets.Live.Stopping;

/// <summary>
/// What is done while the target stands still. It must not open files, look symbols up, log or allocate: all of that is the target's time.
/// </summary>
internal interface IPauseWork
{
    /// <summary>
    /// Runs once while the threads stand still, on the thread that asked for the pause, which is not the one that traces the target: where a
    /// read of its memory does not come back, the tracer lets the target go all the same.
    /// </summary>
    void Run(in StoppedThreads threads);
}

/// <summary>The threads of a target in a pause. Valid until the work is done.</summary>
internal readonly ref struct StoppedThreads(ThreadStopper stopper)
{
    public int Count => stopper.Threads.Count;

    public int ThreadIdAt(int index) => stopper.Threads[index].ThreadId;

    /// <summary>The general registers of a thread as <c>NT_PRSTATUS</c> has them; false where it does not stand still, or nobody wanted registers.</summary>
    public bool TryGetRegisters(int index, out ReadOnlySpan<byte> registers)
    {
        bool hasThem = stopper.HasRegisters(index);
        registers = hasThem ? stopper.RegistersAt(index) : default;
        return hasThem;
    }
}

/// <summary>What a pause cost the target.</summary>
/// <param name="StartedAt">When the first thread was asked to stop, in UTC.</param>
/// <param name="Length">From there until the last thread was let go.</param>
/// <param name="Stopping">The part of it until all stood still.</param>
/// <param name="Working">The part of it in which the work was done.</param>
/// <param name="Threads">How many were stopped.</param>
/// <param name="HasUnstoppedThread">Whether a thread could not be brought to stand still although it might run.</param>
/// <param name="AllocatedBytes">What was allocated on the managed heap by the two threads that make the pause; 0 is what is wanted.</param>
internal readonly record struct PauseReport(
    DateTime StartedAt, TimeSpan Length, TimeSpan Stopping, TimeSpan Working, int Threads, bool HasUnstoppedThread, long AllocatedBytes);
