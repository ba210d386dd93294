using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using PyStack.Engine.Capture;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using PyStack.Engine.Profiling.Native;
using PyStack.Engine.Profiling.Tasks;
using PyStack.Engine.Python.Frames;
using PyStack.Engine.Python.Runtime;
using PyStack.Engine.Targets.Live;

namespace PyStack.Engine.Profiling;

/// <summary>Samples all threads of one process, without stopping it.</summary>
internal sealed partial class ProcessSampler : IDisposable
{
    /// <summary>How often the list of threads is read, at the most.</summary>
    private static readonly long ListEvery = Stopwatch.Frequency / 20;

    /// <summary>How often it is looked whether a thread has begun, at the most.</summary>
    private static readonly long LookEvery = Stopwatch.Frequency / 10_000;

    /// <summary>... and at the least, where to read the list took long.</summary>
    private static readonly long LookEveryAtLeast = Stopwatch.Frequency;

    /// <summary>How often code objects are compared with what was decoded of them, at the most.</summary>
    private static readonly long CheckEvery = Stopwatch.Frequency / 100;

    /// <summary>How often the process's map is read, at the most.</summary>
    private static readonly long MapsEvery = Stopwatch.Frequency;

    /// <summary>Work that is done at times takes one part of so many of the time.</summary>
    private const int Seldom = 100;

    /// <summary>How often a stack is read whose functions are new.</summary>
    private const int MaxReadings = 4;

    /// <summary>For so many threads procfs's files are kept open: two for each.</summary>
    private const int MaxWatched = 8192;

    /// <summary>Of so many interpreters it is noticed at once that a thread has begun.</summary>
    private const int MaxHeads = 16;

    private readonly LiveProcess _process;
    private readonly IReadOnlyList<PythonRuntime> _runtimes;
    private readonly RuntimeSet _set;
    private readonly StillThreads _still;
    private readonly PyProfileMode _mode;
    private readonly RawCapture _walk = new();
    private readonly PageSnapshot _pages;
    private readonly Dictionary<ulong, SampledThread> _threads = new(AddressHash.Comparer);
    private readonly List<SampledThreadName> _all = [];
    private readonly List<SampledThread> _living = [];
    private readonly List<(ulong Address, ulong Head)> _heads = [];
    private readonly Dictionary<int, ClosedStack> _closed = [];
    private readonly SampledNames _names;
    private readonly SampledCode[] _codes;
    private SampledFrame[] _again = new SampledFrame[64];
    private ulong[] _addresses = new ulong[64];
    private int _againCount;
    private readonly ProcessTasks? _tasks;
    private readonly Limits _limits;
    private WaitingTasks? _waiting;
    private WaitingTask[] _lastWaiting = [];
    private long _samples;
    private long _counted;
    private long _listAt;
    private long _lookAt;
    private long _mapsAt;
    private long _checkAt;

    /// <param name="hasTasks">Whether samples of a thread that runs a task of asyncio are those of the task.</param>
    public ProcessSampler(LiveProcess process, IReadOnlyList<PythonRuntime> runtimes, PyProfileMode mode, Limits limits, bool hasTasks = false)
    {
        (_process, _runtimes, _mode, _limits) = (process, runtimes, mode, limits);
        _set = new RuntimeSet(runtimes, null, limits);
        SampledMemory memory = new(process.Memory);
        _tasks = hasTasks ? new ProcessTasks(process, runtimes, memory, limits) : null;
        _pages = new PageSnapshot(memory, limits);
        _still = new StillThreads(process, _set, native: null);
        _names = new SampledNames(runtimes, memory, limits);
        _codes = [.. runtimes.Select(runtime => new SampledCode(runtime, memory, limits))];
    }

    public LiveProcess Process => _process;

    public IReadOnlyList<PythonRuntime> Runtimes => _runtimes;

    public StackTable Table { get; } = new();

    /// <summary>Samples native frames as well; null if they are not wanted.</summary>
    public NativeSampler? Native { get; init; }

    public CallLinks Links { get; } = new();

    /// <summary>All threads that were sampled; the group of a stack has the index of one of them (<see cref="SampleGroup"/>).</summary>
    public IReadOnlyList<SampledThreadName> Threads => _all;

    /// <summary>Samples that could not be read.</summary>
    public long Torn { get; private set; }

    /// <summary>Samples that were not counted because of the mode.</summary>
    public long Excluded { get; private set; }

    /// <summary>Samples of stacks that are not in the table because it is full.</summary>
    public long Others { get; private set; }

    /// <summary>Samples of stacks that were too deep.</summary>
    public long Truncated { get; private set; }

    /// <summary>Whether there were more threads than are sampled.</summary>
    public bool HasMoreThreads { get; private set; }

    /// <summary>Whether there were threads of which it is not known if they waited.</summary>
    public bool HasUnwatched { get; private set; }

    /// <summary>Whether there were too many code objects.</summary>
    public bool HasTooManyCodes => Array.Exists(_codes, codes => codes.IsFull);

    /// <summary>Whether it was of no thread known who holds the GIL.</summary>
    public bool HasNoGil { get; private set; } = true;

    /// <summary>Threads that are sampled at the moment.</summary>
    public int LivingThreads => _living.Count;

    /// <summary>Whether the process has ended, or can no longer be read.</summary>
    public bool IsGone { get; private set; }

    /// <summary>The code objects of one of the process's CPythons.</summary>
    public SampledCode CodesOf(int runtime) => _codes[runtime];

    /// <summary>A stack whose code objects have gone meanwhile; null of one with those that are there.</summary>
    public ClosedStack? ClosedOf(int stack) => _closed.GetValueOrDefault(stack);

    /// <summary>The numbers of tasks, which are in the groups of stacks; null if none are looked for.</summary>
    public TaskNumbers? TaskNumbers => _tasks?.Numbers;

    /// <summary>Takes one sample of each thread.</summary>
    public void Sample(long now)
    {
        if (now >= _checkAt)
        {
            Check(now);
        }

        if (now >= _listAt || (now >= _lookAt && HasNewThreads(now)))
        {
            List(now);
        }

        _samples++;
        if (_waiting?.Take() is WaitingTask[] waiting)
        {
            CountWaiting(waiting);
        }

        for (int i = _living.Count - 1; i >= 0; i--)
        {
            SampledThread thread = _living[i];
            if (Native?.Sample(thread) is SampleOutcome native)
            {
                if (native == SampleOutcome.Gone)
                {
                    End(i);
                }

                continue;
            }

            bool hasSlept = thread.Sampler.Idle!.HasSlept();
            if (hasSlept && thread.SleepsIn != SampledThread.Unknown)
            {
                CountSleeping(thread.SleepsIn);
                continue;
            }

            switch (Read(thread, hasSlept, now))
            {
                case SampleOutcome.Torn:
                    Torn++;
                    break;
                case SampleOutcome.Gone:
                    End(i);
                    break;
            }
        }
    }

    /// <summary>Counts what is on probation now, and goes on.</summary>
    public void Settle() => Check(Stopwatch.GetTimestamp());

    /// <summary>Counts what is on probation and what waits until now as it was known last, and reads the names that the program has given its threads meanwhile, at the end.</summary>
    public void Finish()
    {
        CountWaiting(_waiting?.Take() ?? _lastWaiting);
        _waiting?.Dispose();
        _waiting = null;
        Check(long.MaxValue);
        _pages.Clear();
        _names.Find(_pages, _living.ConvertAll(thread => thread.Name));
    }

    public void Dispose()
    {
        _waiting?.Dispose();
        foreach (SampledThread thread in _living)
        {
            thread.Dispose();
        }

        _living.Clear();
        Native?.Dispose();
        _pages.Dispose();
    }

    private void End(int index)
    {
        SampledThread thread = _living[index];
        Native?.Remove(thread);
        thread.Dispose();
        _threads.Remove(thread.State);
        _living.RemoveAt(index);
        _listAt = _lookAt;
    }

    private void CountSleeping(int stack)
    {
        if (stack == SampledThread.NotCounted)
        {
            Excluded++;
        }
        else
        {
            Table.Increment(stack);
        }
    }

    // One whose functions are new is read again: then what was decoded of them was there before.
    private SampleOutcome Read(SampledThread thread, bool hasSlept, long now)
    {
        ThreadSampler sampler = thread.Sampler;
        SampledCode codes = _codes[thread.Name.Runtime];
        thread.SleepsIn = SampledThread.Unknown;
        for (int reading = 0; reading < MaxReadings; reading++)
        {
            long begun = Stopwatch.GetTimestamp();
            SampleOutcome outcome = sampler.Read();
            if (outcome == SampleOutcome.Read && thread.Tasks is TaskSampler tasks)
            {
                outcome = tasks.Identify(now);
            }

            if (outcome != SampleOutcome.Read || sampler.Idle!.IsGone)
            {
                return outcome == SampleOutcome.Read ? SampleOutcome.Gone : outcome;
            }

            bool isIdle = sampler.Idle.IsIdle;
            bool? hasGil = sampler.HasGil;
            HasNoGil &= hasGil is null;
            if ((_mode == PyProfileMode.Cpu && isIdle) || (_mode == PyProfileMode.Gil && hasGil != true))
            {
                Excluded++;
                thread.SleepsIn = hasSlept && isIdle ? SampledThread.NotCounted : SampledThread.Unknown;
                return outcome;
            }

            // The flag is the interpreter's: who collects has the GIL, or runs where there is none.
            SampledTask? task = thread.Tasks?.Task;
            ReadOnlySpan<SampledFrame> frames = task is null ? sampler.Frames : thread.Tasks!.Frames;
            long group = SampleGroup.Of(thread.Name.Index, isIdle, hasGil, sampler.IsCollecting && (hasGil ?? !isIdle), task?.Number ?? 0);
            int stack = Table.Find(frames, group, out bool isNew);
            if (stack < 0)
            {
                stack = OtherStacks(group);
            }
            else if (isNew)
            {
                bool areKnown = codes.AreKnown(frames);
                if (codes.HasInvalid(frames))
                {
                    Table.SetInvalid(stack);
                }
                else if (!areKnown)
                {
                    continue;
                }
            }

            if (Table.IsInvalid(stack))
            {
                // There was no code object at one of the addresses. There may be one the next time.
                codes.ForgetInvalid(Table.FramesOf(stack));
                Table.Close(stack);
                return SampleOutcome.Torn;
            }

            if (!Table.IsLasting(stack))
            {
                if (codes.AreConfirmed(frames))
                {
                    Table.SetLasting(stack);
                }
                else
                {
                    int depth = sampler.Depth;
                    if (ReplaceUncertain(sampler, codes, task is null ? begun : null) is SampleOutcome failure)
                    {
                        return failure;
                    }

                    if (task is not null)
                    {
                        KeepTask(thread.Tasks!, depth);
                    }

                    stack = Table.Find(_again.AsSpan(0, _againCount), group, out _);
                    stack = stack < 0 ? OtherStacks(group) : stack;
                    Table.Increment(stack);
                    Prove(stack, thread);

                    // As long as it sleeps, its frames keep their code objects alive.
                    thread.SleepsIn = hasSlept && isIdle && task is null && Table.FramesOf(stack).SequenceEqual(sampler.Frames) ? stack : SampledThread.Unknown;
                    return SampleOutcome.Read;
                }
            }

            Truncated += sampler.IsTruncated ? 1 : 0;
            Table.Increment(stack);
            if (hasSlept && isIdle)
            {
                thread.SleepsIn = stack;
            }

            Prove(stack, thread);
            return outcome;
        }

        return SampleOutcome.Torn;
    }

    private int OtherStacks(long group)
    {
        Others++;
        return Table.Find([SampledFrame.OtherStacks], group, out _, isAlways: true);
    }
}

/// <summary>What is kept of a stack whose code objects are no longer where they were.</summary>
/// <param name="Codes">Innermost first.</param>
/// <param name="Proved">How many of its frames are proved, counted from the outermost one.</param>
internal sealed record ClosedStack(SampledCode.Entry?[] Codes, int Proved);
