using System;
using System.Collections.Generic;
using System.Globalization;
using System.Threading;
using PyStack.Engine.Capture;
using PyStack.Engine.Primitives;
using PyStack.Engine.Processors;
using PyStack.Engine.Results;
using PyStack.Engine.Targets.Live;
using PyStack.Engine.Targets.Live.Procfs;
using PyStack.Engine.Tasks;
using PyStack.Engine.Tasks.Deadlocks;
using PyStack.Engine.Waits;
using PyStack.Engine.Waits.Deadlocks;

namespace PyStack.Engine.Sessions;

/// <summary>Looks at processes for a search for deadlocks: at one as it is asked for, and, where its threads wait for others, at those as well, without stopping them.</summary>
/// <param name="unsettled">Threads that an earlier look has stopped in their sleep, and that had not gone back to it.</param>
internal sealed class ProcessLook(StackOptions options, IReadOnlySet<int> unsettled, IEngineLog log, CancellationToken cancellation)
{
    /// <summary>More processes in one deadlock are not looked for.</summary>
    private const int MaxProcesses = 16;

    private readonly Dictionary<int, ProcessThreads> _known = [];

    /// <summary>The deadlocks that tasks of the process are part of.</summary>
    public List<TaskDeadlock> TaskDeadlocks { get; private set; } = [];

    /// <summary>The name of a process that was looked at.</summary>
    public string? NameOf(int processId) => _known.GetValueOrDefault(processId)?.Name;

    /// <summary>
    /// Whether another look, without a stop, may find more. A thread that was stopped while it slept begins its system call again, and may have been seen before it slept. And a thread that waits for
    /// another one although it holds the GIL: if the other one waits for the GIL, it wakes every 5 ms to look whether it is free.
    /// </summary>
    public bool IsUnclear { get; private set; }

    /// <summary>Threads of the process that were stopped in their sleep, by this look or before, and have not been seen asleep since.</summary>
    public IReadOnlySet<int> Unsettled { get; private set; } = new HashSet<int>();

    /// <summary>The deadlocks that threads of a process are part of, or wait for. Those of other processes alone are none of its.</summary>
    /// <exception cref="EngineException">The process cannot be read.</exception>
    public List<Deadlock> Find(int processId)
        => Take(processId).Find().FindAll(one => one.Concerns(processId));

    // Who waits for whom in a process, and in those that it waits for.
    private WaitGraph Take(int processId)
    {
        PyThread[] threads = CaptureWithTasks(processId);
        HashSet<int> awake = [];
        foreach (PyThread thread in threads)
        {
            // Of a thread with several parts the innermost has the wait, and is the last.
            if (thread.Wait is not null)
            {
                awake.Remove(thread.ThreadId);
            }
            else if (unsettled.Contains(thread.ThreadId) || thread is { StoppedThreads: > 0, State: PyThreadState.Sleeping })
            {
                awake.Add(thread.ThreadId);
            }
        }

        Unsettled = awake;
        IsUnclear = awake.Count > 0 || Array.Exists(threads, thread => thread is { Gil: PyGilState.Held, Wait.HolderThreadId: > 0 });
        _known[processId] = new ProcessThreads(processId, threads.Length > 0 ? threads[0].ProcessName : null, threads, IsWhole: false);
        while (true)
        {
            bool isOpen = _known.Count < MaxProcesses;
            WaitGraph graph = new(_known.Values, isOpen);
            List<int> wanted = graph.Wanted;
            if (wanted.Count == 0)
            {
                return graph;
            }

            foreach (int one in wanted)
            {
                cancellation.ThrowIfCancellationRequested();
                log.Verbose($"Process {processId}: its threads wait for others of process {one}: all of its threads are looked at.");
                _known[one] = ReadAll(one);
            }
        }
    }

    private PyThread[] CaptureWithTasks(int processId)
    {
        TaskReader tasks = new(TaskGraph.Options, locals: null, options.Limits);
        using StackSession session = StackSession.OpenProcess(processId, options with { Also = tasks }, log, cancellation);
        tasks.Use(session.Runtimes, session.Target);
        PyThread[] threads = session.Capture(tasks, out TaskLook look, cancellation);
        TaskDeadlocks = look.Tasks.Count == 0 ? [] : new TaskGraph(look, threads).Find();
        return threads;
    }

    private PyThread[] Capture(int processId, StackOptions how)
    {
        using StackSession session = StackSession.OpenProcess(processId, how, log, cancellation);
        return session.Capture(cancellation);
    }

    // Also of a process without Python, and of threads that Python does not know.
    private ProcessThreads ReadAll(int processId)
    {
        List<PyThread> threads = [];
        try
        {
            threads.AddRange(_known.TryGetValue(processId, out ProcessThreads? known) ? known.Threads : Python(processId));
            using LiveProcess process = LiveProcess.Open(processId, ProcessorCatalogue.OfObserver, options.Limits);
            HashSet<int> missing = [.. process.Threads.ListIds()];
            missing.ExceptWith(threads.ConvertAll(thread => thread.ThreadId));
            Dictionary<int, PyWait> waits = missing.Count == 0 ? [] : new ThreadWaits(process, missing, options.Limits, cancellation).Find().Build();
            StackHash hash = new();
            foreach (int threadId in missing)
            {
                threads.Add(new PyThread
                {
                    ProcessId = processId,
                    ProcessName = process.Name,
                    ThreadId = threadId,
                    Name = ProcFile.ReadLine(string.Create(CultureInfo.InvariantCulture, $"{ProcessFacts.Folder(processId)}/task/{threadId}/comm")),
                    InterpreterId = ThreadRow.NoInterpreter,
                    PythonVersion = "",
                    Gil = PyGilState.NotHeld,
                    Frames = [],
                    Wait = waits.GetValueOrDefault(threadId),
                    StackHash = hash.Of([]),
                    CapturedAt = DateTime.Now,
                    IsCoherent = true,
                });
            }

            return new ProcessThreads(processId, process.Name, threads, IsWhole: true);
        }
        catch (EngineException e)
        {
            // Then nothing is known of it, and nobody is blocked by it.
            log.Verbose($"Process {processId} cannot be looked at: {e.Message}");
            return new ProcessThreads(processId, null, [], IsWhole: true);
        }
    }

    private PyThread[] Python(int processId)
    {
        try
        {
            return Capture(processId, options with { NoBlock = true });
        }
        catch (EngineException e)
        {
            log.Verbose($"Process {processId} has no Python threads to look at: {e.Message}");
            return [];
        }
    }
}
