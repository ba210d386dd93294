using System.Collections.Generic;
using System.Threading;
using PyStack.Engine.Primitives;
using PyStack.Engine.Targets.Live;
using PyStack.Engine.Targets.Live.Procfs;
using PyStack.Engine.Targets.Live.Stacks;

namespace PyStack.Engine.Capture.NativeStacks;

/// <summary>Registers and stacks of all threads of a process that runs on, and whether they are from the moment of its Python frames.</summary>
internal sealed class NonBlockingNative(LiveProcess process, Limits limits)
{
    private readonly Dictionary<int, (SampledThread Sample, RunCount Count)> _still = [];
    private ThreadSampler? _sampler;

    /// <summary>Forgets all threads. Call it before the Python frames are read.</summary>
    public void Begin()
    {
        _still.Clear();
        _sampler = NewSampler();
    }

    /// <summary>Takes the stack of a thread if it is blocked and has not run since an earlier look: everything that was read of it in between is from the same moment.</summary>
    public bool TryKeep(int threadId, RunCount since)
    {
        if (!_sampler!.TryReadBlocked(threadId, since, out SampledThread sample) || !sample.IsCoherent)
        {
            return false;
        }

        _still[threadId] = (sample, since);
        return true;
    }

    /// <summary>All threads, those that were not kept as they are now; threads that could not be obtained are missing.</summary>
    /// <param name="python">The threads that have Python frames, with the run count of the moment of these frames; null if there was no such moment.</param>
    public List<NativeThread> Finish(IReadOnlyDictionary<int, RunCount?> python, CancellationToken cancellation)
    {
        _sampler = NewSampler();
        List<NativeThread> threads = [];
        List<int> others = [];
        foreach (int threadId in process.Threads.ListIds())
        {
            if (!_still.ContainsKey(threadId))
            {
                others.Add(threadId);
            }
        }

        foreach ((int threadId, (SampledThread sample, RunCount count)) in _still)
        {
            threads.Add(NativeThread.From(sample, process.Processor, python.TryGetValue(threadId, out RunCount? moment) && moment == count ? NativeMoment.SameAsPython : NativeMoment.Other));
        }

        foreach (SampledThread sample in _sampler.Sample(others, cancellation).Values)
        {
            threads.Add(NativeThread.From(sample, process.Processor, sample.IsCoherent ? NativeMoment.Other : NativeMoment.Unknown));
        }

        _sampler = null;
        return threads;
    }

    private ThreadSampler NewSampler()
    {
        process.RefreshMap(limits);
        return new ThreadSampler(process.Processor, process.Facts, process.Map, process.Memory, limits);
    }
}
