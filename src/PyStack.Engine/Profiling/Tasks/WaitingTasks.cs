using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Threading;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Frames;
using PyStack.Engine.Python.Runtime;
using PyStack.Engine.Tasks;
using PyStack.Engine.Tasks.Frameworks;
using PyStack.Engine.Waits.Reasons;

namespace PyStack.Engine.Profiling.Tasks;

/// <summary>A task that waits.</summary>
/// <param name="Thread">The thread state that runs its loop.</param>
/// <param name="Task">Its number.</param>
/// <param name="Frames">Its own, innermost first, and those of the tasks that await it.</param>
internal readonly record struct WaitingTask(ulong Thread, int Task, SampledFrame[] Frames);

/// <summary>
/// Reads which tasks wait, and where, again and again in a thread of its own, so that samples are not late. How often depends on how long it takes: a tenth of the time at the most. A task that waits
/// stays where it is until it runs, so that each list is that of the samples since the one before.
/// </summary>
internal sealed class WaitingTasks : IDisposable
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(20);

    /// <summary>How many times as long as it takes is the time to the next list.</summary>
    private const int Rest = 9;

    /// <summary>The list that is read when we end is not waited for longer.</summary>
    private static readonly TimeSpan EndPatience = TimeSpan.FromSeconds(5);

    /// <summary>Tasks of one list.</summary>
    private const int MaxTasks = 200_000;

    private const int MaxParents = 64;

    private readonly ProcessTasks _tasks;
    private readonly IMemorySource _memory;
    private readonly Limits _limits;
    private readonly CancellationTokenSource _end = new();
    private readonly Thread _thread;
    private WaitingTask[]? _list;

    public WaitingTasks(ProcessTasks tasks, IMemorySource memory, Limits limits)
    {
        (_tasks, _memory, _limits) = (tasks, memory, limits);
        _thread = new Thread(Run) { IsBackground = true, Name = "PyStack tasks" };
        _thread.Start();
    }

    /// <summary>Whether a list could not be read to its end.</summary>
    public bool IsTruncated { get; private set; }

    /// <summary>The newest list; null if there is none that was not taken yet.</summary>
    public WaitingTask[]? Take() => Volatile.Read(ref _list) is null ? null : Interlocked.Exchange(ref _list, null);

    public void Dispose()
    {
        _end.Cancel();
        if (_thread.Join(EndPatience))
        {
            _end.Dispose();
        }
    }

    private void Run()
    {
        Random random = new(2);
        using PageSnapshot pages = new(_memory, _limits);
        RuntimeSet set = new(_tasks.Runtimes, null, _limits);
        RawCapture walk = new();
        List<WaitingTask> found = [];
        try
        {
            while (!_end.IsCancellationRequested)
            {
                long start = Stopwatch.GetTimestamp();
                found.Clear();
                pages.Clear();
                if (set.TryWalk(pages, walk))
                {
                    Read(pages, walk, found);
                    Volatile.Write(ref _list, [.. found]);
                }

                // Programs that do something at a regular interval would be seen in one phase of it only.
                TimeSpan took = Stopwatch.GetElapsedTime(start);
                TimeSpan rest = took * Rest > Shortest ? took * Rest : Shortest;
                _ = _end.Token.WaitHandle.WaitOne(rest * (0.5 + random.NextDouble()));
            }
        }
        catch (OperationCanceledException)
        {
            // The end.
        }
    }

    private void Read(PageSnapshot pages, RawCapture walk, List<WaitingTask> found)
    {
        for (int i = 0; i < walk.Interpreters.Count; i++)
        {
            int runtime = RuntimeOf(walk, i);
            if (runtime < 0 || _tasks.Runtimes[runtime].Layout.Asyncio is null)
            {
                continue;
            }

            PythonReader python = new(_tasks.Runtimes[runtime], pages, _limits, _end.Token);
            python.Objects.PlacesLeft = TaskSearch.MaxPlaces;
            List<RawTask> tasks = [];
            TaskSearch search = new(
                python, new HeapObjects(_tasks.Runtimes[runtime], _limits), walk, runtime, i, TaskOptions.Default with { MaxTasks = MaxTasks }, tasks, TaskProgress.Silent, _end.Token)
            { AsyncioOffsets = _tasks.Offsets };
            new AsyncioFramework().Find(search);
            IsTruncated |= !search.HasRoom;
            Add(python, tasks, found);
        }
    }

    private void Add(PythonReader python, List<RawTask> tasks, List<WaitingTask> found)
    {
        TaskFrames frames = new(python, _limits);
        Dictionary<ulong, (RawTask Task, SampledFrame[] Frames)> waiting = new(AddressHash.Comparer);
        List<SampledFrame> copied = [];
        List<SampledFrame> now = [];
        foreach (RawTask task in tasks)
        {
            copied.Clear();
            now.Clear();

            // One that has gone on meanwhile is read differently: it is left out.
            if (task is { State: not PyTaskState.Done, Root: { IsGenerator: true } root, Thread: not 0 }
                && frames.TryAdd(python.Memory, root.Address, copied) && frames.TryAdd(_memory, root.Address, now)
                && copied.Count > 0 && CollectionsMarshal.AsSpan(copied).SequenceEqual(CollectionsMarshal.AsSpan(now)))
            {
                waiting[task.Address] = (task, [.. copied]);
            }
        }

        List<SampledFrame> all = [];
        HashSet<ulong> seen = new(AddressHash.Comparer);
        foreach ((RawTask task, SampledFrame[] own) in waiting.Values)
        {
            all.Clear();
            seen.Clear();
            all.AddRange(own);
            RawTask at = task;
            while (seen.Count < MaxParents && seen.Add(at.Address) && at.AwaitedBy.Count > 0 && waiting.TryGetValue(at.AwaitedBy[0], out var parent))
            {
                all.AddRange(parent.Frames);
                at = parent.Task;
            }

            found.Add(new WaitingTask(task.Thread, _tasks.Numbers.Of(task.Address, task.Name, task.Coroutine), all.Count == own.Length ? own : [.. all]));
        }
    }

    private static int RuntimeOf(RawCapture walk, int interpreter)
    {
        foreach (RawThread thread in walk.Threads)
        {
            if (thread.Interpreter == interpreter)
            {
                return thread.Runtime;
            }
        }

        return -1;
    }
}
