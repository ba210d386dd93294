using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading;
using PyStack.Engine.Native;
using PyStack.Engine.Targets.Live.Access;
using PyStack.Engine.Targets.Live.Procfs;

namespace PyStack.Engine.Targets.Live.Stopping;

/// <summary>
/// Becomes the tracer of every thread of a process while it runs. From then on a new thread is traced from its first instruction, so that inside the
/// pause no threads have to be listed.
/// </summary>
/// <param name="hasSeized">For tests: called after each seizing; null otherwise.</param>
internal sealed class ThreadSeizer(ProcessFacts target, TracedThreads threads, HashSet<int> known, Action? hasSeized)
{
    private const int MaxListings = 1000;

    /// <summary>Threads may be created between seizing and stopping; they are added then, so room is reserved for them.</summary>
    private const int Spare = 64;

    /// <summary>
    /// How long a refusal without a visible cause is tried again: the thread may be ending, in an exec, or be released by another tracer at the moment. In milliseconds.
    /// </summary>
    private const int DoubtfulTime = 100;

    /// <summary>At least this often, however long it takes: on a busy machine we may not be scheduled for as long between two attempts.</summary>
    private const int MinDoubtfulTries = 25;

    private const int DoubtfulPause = 200;

    private readonly string _folder = ProcessFacts.Folder(target.ProcessId) + "/task/";
    private int _refused;
    private int _tracer;

    /// <summary>
    /// Seizes some threads, and none that they make: those that have ended are left out, and then there may be none.
    /// </summary>
    /// <returns>As <see cref="SeizeAll"/>.</returns>
    /// <exception cref="EngineException">The kernel does not let us.</exception>
    public int SeizeOnly(ReadOnlySpan<int> threadIds, CancellationToken cancellation)
    {
        foreach (int threadId in threadIds)
        {
            long start = Stopwatch.GetTimestamp();
            for (int tries = 1; !cancellation.IsCancellationRequested; tries++)
            {
                int error = Ptrace.Seize(threadId, tracesClones: false);
                if (error == 0)
                {
                    threads.Add(threadId);
                    hasSeized?.Invoke();
                    break;
                }

                if (error == Errno.ESRCH || IsExplained(threadId))
                {
                    break;
                }

                if (_tracer != 0)
                {
                    return _tracer;
                }

                if (tries > MinDoubtfulTries && Stopwatch.GetElapsedTime(start).TotalMilliseconds > DoubtfulTime)
                {
                    throw AccessDiagnosis.Explain(target, AccessRefusal.Trace);
                }

                ThreadWait.Sleep(DoubtfulPause);
            }
        }

        cancellation.ThrowIfCancellationRequested();
        return 0;
    }

    /// <summary>Seizes all threads.</summary>
    /// <returns>0, or the id of another process's thread that traces one of them: then some may be seized, and the caller must end.</returns>
    /// <exception cref="EngineException">The kernel refuses, or the process has ended.</exception>
    public int SeizeAll(CancellationToken cancellation)
    {
        int doubtfulTries = 0;
        long start = Stopwatch.GetTimestamp();
        for (int listing = 0; listing < MaxListings && !cancellation.IsCancellationRequested; listing++)
        {
            bool isNew = SeizeNew(cancellation);
            if (_tracer != 0)
            {
                return _tracer;
            }

            if (_refused == 0)
            {
                if (isNew)
                {
                    continue;
                }

                break;
            }

            if (++doubtfulTries > MinDoubtfulTries && Stopwatch.GetElapsedTime(start).TotalMilliseconds > DoubtfulTime)
            {
                throw AccessDiagnosis.Explain(target, AccessRefusal.Trace);
            }

            ThreadWait.Sleep(DoubtfulPause);
        }

        cancellation.ThrowIfCancellationRequested();
        if (threads.Count == 0)
        {
            throw target.Exited();
        }

        threads.EnsureCapacity(threads.Count + Spare);
        _ = known.EnsureCapacity(known.Count + Spare);
        return 0;
    }

    private bool SeizeNew(CancellationToken cancellation)
    {
        bool isNew = false;
        _refused = 0;
        foreach (int threadId in ThreadDirectory.List(_folder))
        {
            if (cancellation.IsCancellationRequested || !known.Add(threadId))
            {
                continue;
            }

            isNew = true;
            int error = Ptrace.Seize(threadId);
            if (error == 0)
            {
                threads.Add(threadId);
                hasSeized?.Invoke();
            }
            else if (error != Errno.ESRCH && !IsExplained(threadId))
            {
                if (_tracer != 0)
                {
                    return false;
                }

                _refused++;
                _ = known.Remove(threadId);
            }
        }

        return isNew;
    }

    // EPERM has harmless causes: the thread has ended (a main thread that did stays as a zombie), or it was born after its parent was seized and is
    // ours already.
    private bool IsExplained(int threadId)
    {
        if (!ProcFile.TryReadStatus(_folder + threadId.ToString(System.Globalization.CultureInfo.InvariantCulture), out byte[] status)
            || !ProcFile.TryFindField(status, "State"u8, out ReadOnlySpan<byte> state))
        {
            return true;
        }

        // Asked first: one that is ours and has ended already must be known, to be reaped.
        int tracer = ProcFile.ReadNumber(status, "TracerPid"u8);
        if (tracer == Identity.ThreadId())
        {
            threads.Add(threadId);
            return true;
        }

        if (state.StartsWith("Z"u8) || state.StartsWith("X"u8))
        {
            return true;
        }

        _tracer = Math.Max(0, tracer);
        return false;
    }
}
