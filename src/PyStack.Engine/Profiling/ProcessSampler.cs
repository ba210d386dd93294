using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using PyStack.Engine.Capture;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Frames;
using PyStack.Engine.Python.Runtime;
using PyStack.Engine.Targets.Live;

namespace PyStack.Engine.Profiling;

/// <summary>Samples all threads of one process, without stopping it.</summary>
internal sealed class ProcessSampler : IDisposable
{
    /// <summary>How often the list of threads is read, at the most.</summary>
    private static readonly long ListEvery = Stopwatch.Frequency / 20;

    private static readonly long IdleLasts = Stopwatch.Frequency / 1000;

    private readonly LiveProcess _process;
    private readonly IReadOnlyList<PythonRuntime> _runtimes;
    private readonly RuntimeSet _set;
    private readonly StillThreads _still;
    private readonly PyProfileMode _mode;
    private readonly RawCapture _walk = new();
    private readonly PageSnapshot _pages;
    private readonly Dictionary<ulong, SampledThread> _threads = new(AddressHash.Comparer);
    private readonly List<SampledThread> _all = [];
    private readonly List<SampledThread> _living = [];
    private readonly List<int> _chains = [];
    private readonly SampledCode[] _codes;
    private long _listAt;

    public ProcessSampler(LiveProcess process, IReadOnlyList<PythonRuntime> runtimes, PyProfileMode mode, Limits limits)
    {
        (_process, _runtimes, _mode) = (process, runtimes, mode);
        _set = new RuntimeSet(runtimes, null, limits);
        _pages = new PageSnapshot(process.Memory, limits);
        _still = new StillThreads(process, _set, native: null);
        _codes = [.. runtimes.Select(runtime => new SampledCode(runtime, process.Memory, limits))];
        Table = new StackTable();
    }

    public LiveProcess Process => _process;

    public StackTable Table { get; }

    public ChainVerifier Chains { get; } = new();

    /// <summary>All threads that were sampled; the group of a stack has the index of one of them (<see cref="SampleGroup"/>).</summary>
    public IReadOnlyList<SampledThread> Threads => _all;

    public long Torn { get; private set; }

    /// <summary>Samples that were not counted because of the mode.</summary>
    public long Excluded { get; private set; }

    /// <summary>Whether the process has ended, or can no longer be read.</summary>
    public bool IsGone { get; private set; }

    /// <summary>The code objects of one of the process's CPythons.</summary>
    public SampledCode CodesOf(int runtime) => _codes[runtime];

    /// <summary>The chain of a stack, by its number.</summary>
    public int ChainOf(int stack) => _chains[stack];

    /// <summary>Takes one sample of each thread.</summary>
    public void Sample(long now)
    {
        if (now >= _listAt)
        {
            List(now);
        }

        for (int i = _living.Count - 1; i >= 0; i--)
        {
            SampledThread thread = _living[i];
            switch (thread.Sampler.Read())
            {
                case SampleOutcome.Read:
                    Count(thread, now);
                    break;
                case SampleOutcome.Torn:
                    Torn++;
                    break;
                case SampleOutcome.Gone:
                    thread.Dispose();
                    _threads.Remove(thread.State);
                    _living.RemoveAt(i);
                    _listAt = 0;
                    break;
            }
        }
    }

    public void Dispose()
    {
        foreach (SampledThread thread in _living)
        {
            thread.Dispose();
        }

        _living.Clear();
        _pages.Dispose();
    }

    private void Count(SampledThread thread, long now)
    {
        bool? hasGil = thread.Sampler.HasGil;
        ReadOnlySpan<SampledFrame> frames = thread.Sampler.Frames;

        // The stack without what the thread did: to see whether it is the one that it waited in.
        int bare = Table.Find(frames, SampleGroup.Bare, out bool isNewBare);
        Note(bare, isNewBare, thread);
        bool isIdle = thread.Idle.IsIdle(bare, now, IdleLasts);
        if ((_mode == PyProfileMode.Cpu && isIdle) || (_mode == PyProfileMode.Gil && hasGil != true))
        {
            Excluded++;
            return;
        }

        int stack = Table.Find(Table.FramesOf(bare), SampleGroup.Of(thread.Index, isIdle, hasGil), out bool isNew);
        if (isNew)
        {
            _chains.Add(_chains[bare]);
        }

        Table.Increment(stack);
    }

    private void Note(int stack, bool isNew, SampledThread thread)
    {
        if (isNew)
        {
            _chains.Add(Chains.Find(thread.Sampler.Frames));
            _codes[thread.Runtime].Note(thread.Sampler.Frames);
        }

        if (!Chains.IsVerified(_chains[stack]))
        {
            _ = Chains.Verify(thread.Sampler);
        }
    }

    private void List(long now)
    {
        _listAt = now + ListEvery;
        _pages.Clear();
        if (!_set.TryWalk(_pages, _walk))
        {
            IsGone = _process.Facts.HasGone() || _process.Facts.HasOtherProgram();
            return;
        }

        bool areIdentified = false;
        foreach (RawThread thread in _walk.Threads)
        {
            if (_threads.TryGetValue(thread.Address, out SampledThread? known) && known.IsOf(thread))
            {
                continue;
            }

            if (known is not null)
            {
                known.Dispose();
                _living.Remove(known);
            }

            if (_all.Count >= SampleGroup.MaxThreads)
            {
                return;
            }

            if (!areIdentified)
            {
                _still.Begin();
                _still.Identify(_walk);
                areIdentified = true;
            }

            SampledThread added = new(
                _all.Count, thread, _still.ThreadIdOf(thread), new ThreadSampler(_runtimes[thread.Runtime].Layout, _process.Memory, _process.ProcessId, thread, _walk.Interpreters[thread.Interpreter].Gil), _process);
            _threads[thread.Address] = added;
            _all.Add(added);
            _living.Add(added);
        }
    }
}
