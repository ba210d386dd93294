using System;
using System.Collections.Generic;
using System.Threading;
using PyStack.Engine.Capture;
using PyStack.Engine.Primitives;
using PyStack.Engine.Targets.Core;
using PyStack.Engine.Waits.Deadlocks;

namespace PyStack.Engine.Sessions;

/// <summary>
/// Finds deadlocks. The threads of a running process are not of one moment, and what they wait for is read a moment later: so what looks like a deadlock is looked at again, without stopping
/// anything, and is one if the second look has found the same, and none of the threads that it depends on has run from before this look until after it.
/// </summary>
internal static class DeadlockSearch
{
    /// <summary>A thread that was stopped goes back to sleep in microseconds, but not on a machine that has more to do.</summary>
    private const int MaxLooks = 5;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>The deadlocks of a running process; empty if it has none.</summary>
    /// <exception cref="EngineException">The process cannot be read.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static PyDeadlock[] OfProcess(int processId, StackOptions options, IEngineLog log, CancellationToken cancellation)
    {
        ProcessLook look = new(options, new HashSet<int>(), log, cancellation);
        List<Deadlock> candidates = look.Find(processId);
        List<Deadlock> sure = [];
        List<PyDeadlock> found = [];
        for (int i = 0; i < MaxLooks && (candidates.Count > 0 || look.IsUnclear); i++)
        {
            if (i > 0)
            {
                cancellation.WaitHandle.WaitOne(Pause * i);
            }

            cancellation.ThrowIfCancellationRequested();
            log.Verbose($"Process {processId}: {candidates.Count} possible deadlocks; look {i + 1} whether the threads stand still.");
            RunWatch watch = new(candidates);
            look = new ProcessLook(options with { NoBlock = true }, look.Unsettled, log, cancellation);
            List<Deadlock> again = look.Find(processId);
            again.RemoveAll(one => sure.Exists(one.IsSame));
            foreach (Deadlock one in again.FindAll(one => candidates.Exists(one.IsSame) && IsSure(one, watch, cancellation)))
            {
                sure.Add(one);
                found.Add(Build(processId, one, look.NameOf));
                again.Remove(one);
            }

            candidates = again;
            if (candidates.Count == 0 && sure.Count > 0)
            {
                break;
            }
        }

        if (candidates.Count > 0 && !RunWatch.CanProve)
        {
            log.Warning($"Process {processId} may have a deadlock, which cannot be proved: this kernel does not count how often threads run (/proc/PID/schedstat). Get-PyStack shows what each thread waits for.");
        }

        return [.. found];
    }

    /// <summary>The deadlocks of a core's process. All of it is of one moment.</summary>
    /// <exception cref="EngineException">There is none, or it cannot be read.</exception>
    public static PyDeadlock[] OfCore(string path, CoreSearch search, StackOptions options, IEngineLog log, CancellationToken cancellation)
    {
        using StackSession session = StackSession.OpenCore(path, search, options, log, cancellation);
        PyThread[] threads = session.Capture(cancellation);
        (int processId, string? name) = threads.Length > 0 ? (threads[0].ProcessId, threads[0].ProcessName) : (0, null);
        WaitGraph graph = new([new ProcessThreads(processId, name, threads, IsWhole: false)], isOpen: false);
        return [.. graph.Find().ConvertAll(one => Build(processId, one, _ => name))];
    }

    private static bool IsSure(Deadlock deadlock, RunWatch watch, CancellationToken cancellation)
    {
        foreach (WaitNode node in deadlock.Witnesses)
        {
            if (node.NeedsOnlyPeer && !OnlyPeer.Holds(node, cancellation))
            {
                return false;
            }
        }

        return watch.HasStoodStill(deadlock);
    }

    private static PyDeadlock Build(int processId, Deadlock deadlock, Func<int, string?> nameOf)
    {
        List<PyThread> threads = [];
        foreach (WaitNode node in deadlock.Members)
        {
            threads.AddRange(node.Parts);
        }

        return new PyDeadlock
        {
            ProcessId = processId,
            ProcessName = nameOf(processId),
            Kind = deadlock.Kind,
            Threads = new PyThreadList(threads),
            Description = new DeadlockText(deadlock, nameOf).Lines(),
            Timeout = deadlock.Timeout,
        };
    }
}
