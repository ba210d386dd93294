using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using PyStack.Engine.Capture;
using PyStack.Engine.Primitives;
using PyStack.Engine.Targets.Core;
using PyStack.Engine.Tasks;
using PyStack.Engine.Tasks.Deadlocks;
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
        List<TaskDeadlock> tasks = look.TaskDeadlocks;
        List<Deadlock> sure = [];
        List<PyDeadlock> found = [];
        List<PyDeadlock> ofTasks = [];
        for (int i = 0; i < MaxLooks && (candidates.Count > 0 || tasks.Count > 0 || look.IsUnclear); i++)
        {
            if (i > 0)
            {
                cancellation.WaitHandle.WaitOne(Pause * i);
            }

            cancellation.ThrowIfCancellationRequested();
            log.Verbose($"Process {processId}: {candidates.Count} possible deadlocks of threads, {tasks.Count} of tasks; look {i + 1} whether they stand still.");
            RunWatch watch = new([.. candidates, .. tasks.ConvertAll(one => ThreadsOf(processId, one))]);

            // Threads are not stopped in their sleep again. The tasks of a loop that has much to do are of one moment only if it is stopped.
            bool isGentle = options.NoBlock || candidates.Count > 0 || i % 2 == 0;
            look = new ProcessLook(options with { NoBlock = isGentle }, look.Unsettled, log, cancellation);
            List<Deadlock> again = look.Find(processId);
            again.RemoveAll(one => sure.Exists(one.IsSame));
            foreach (Deadlock one in again.FindAll(one => candidates.Exists(one.IsSame) && IsSure(one, watch, cancellation)))
            {
                sure.Add(one);
                found.Add(Build(processId, one, look.NameOf));
                again.Remove(one);
            }

            if (ofTasks.Count == 0)
            {
                foreach (TaskDeadlock one in look.TaskDeadlocks.FindAll(one => one.IsCoherent && tasks.Exists(first => first.IsCoherent && one.IsSame(first)) && watch.HasStoodStill(ThreadsOf(processId, one))))
                {
                    ofTasks.Add(Build(processId, one, look.NameOf(processId)));
                }

                tasks = ofTasks.Count == 0 ? look.TaskDeadlocks : [];
            }

            candidates = again;
            if (candidates.Count == 0 && tasks.Count == 0 && sure.Count + ofTasks.Count > 0)
            {
                break;
            }
        }

        // A thread that waits for a task of its own loop waits for itself.
        found.RemoveAll(one => ofTasks.Exists(other => other.Threads.Count > 0 && one.Threads.All(thread => other.Threads.Any(member => member.ThreadId == thread.ThreadId))));
        found.AddRange(ofTasks);
        if (candidates.Count + tasks.Count > 0 && !RunWatch.CanProve)
        {
            log.Warning($"Process {processId} may have a deadlock, which cannot be proved: this kernel does not count how often threads run (/proc/PID/schedstat). Get-PyStack shows what each thread waits for.");
        }

        return [.. found];
    }

    /// <summary>The deadlocks of a core's process. All of it is of one moment.</summary>
    /// <exception cref="EngineException">There is none, or it cannot be read.</exception>
    public static PyDeadlock[] OfCore(string path, CoreSearch search, StackOptions options, IEngineLog log, CancellationToken cancellation)
    {
        TaskReader tasks = new(TaskGraph.Options, locals: null, options.Limits);
        using StackSession session = StackSession.OpenCore(path, search, options with { Also = tasks }, log, cancellation);
        tasks.Use(session.Runtimes, session.Target);
        PyThread[] threads = session.Capture(tasks, out TaskLook look, cancellation);
        (int processId, string? name) = threads.Length > 0 ? (threads[0].ProcessId, threads[0].ProcessName) : (0, null);
        WaitGraph graph = new([new ProcessThreads(processId, name, threads, IsWhole: false)], isOpen: false);
        return [.. graph.Find().ConvertAll(one => Build(processId, one, _ => name)), .. new TaskGraph(look, threads).Find().ConvertAll(one => Build(processId, one, name))];
    }

    // The threads in a cycle with tasks, as one of threads, of which it is proved that they did not run.
    private static Deadlock ThreadsOf(int processId, TaskDeadlock deadlock)
    {
        List<WaitNode> threads = [];
        foreach (TaskNode node in deadlock.Members)
        {
            if (node.Thread is PyThread thread)
            {
                WaitNode member = new(processId, thread.ThreadId);
                member.Parts.Add(thread);
                threads.Add(member);
            }
        }

        return new Deadlock(PyDeadlockKind.Cycle, threads) { Witnesses = threads };
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

    private static PyDeadlock Build(int processId, TaskDeadlock deadlock, string? name)
    {
        List<PyTask> tasks = [];
        List<PyThread> threads = [];
        foreach (TaskNode node in deadlock.Members)
        {
            if (node.Task is PyTask task)
            {
                tasks.Add(task);
            }
            else
            {
                threads.Add(node.Thread!);
            }
        }

        return new PyDeadlock
        {
            ProcessId = processId,
            ProcessName = name,
            Kind = deadlock.Members.Count == 1 ? PyDeadlockKind.Self : PyDeadlockKind.Cycle,
            Threads = new PyThreadList(threads),
            Tasks = new PyTaskList(tasks),
            Description = TaskDeadlockText.Lines(deadlock, processId, name),
            Timeout = deadlock.Timeout,
        };
    }
}
