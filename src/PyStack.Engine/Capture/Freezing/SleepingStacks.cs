using System.Collections.Generic;
using System.Threading;
using PyStack.Engine.Capture.NativeStacks;
using PyStack.Engine.Primitives;
using PyStack.Engine.Targets.Live;
using PyStack.Engine.Targets.Live.Procfs;
using PyStack.Engine.Targets.Live.Stacks;
using PyStack.Engine.Unwinding;

namespace PyStack.Engine.Capture.Freezing;

/// <summary>
/// The native stacks of the threads that sleep in the kernel: they need not be stopped. procfs has their stack and instruction pointers, and their run counts
/// prove that the copied stack belongs to these. Where the unwinder would need another register, the thread is left to be stopped.
/// </summary>
internal sealed class SleepingStacks(LiveProcess process, StackOptions options, IEngineLog log)
{
    private readonly RunCounts _counts = new(process.Facts);
    private readonly List<UnwoundFrame> _frames = [];

    private readonly List<(NativeThread Thread, RunCount? Count)> _items = [];

    /// <summary>How many threads sleep.</summary>
    public int Count => _items.Count;

    /// <summary>The threads that have to be stopped: they run, or need more registers than procfs has.</summary>
    public List<int> Others { get; } = [];

    /// <summary>How many of the others sleep.</summary>
    public int NeedRegisters { get; private set; }

    /// <summary>Reads all threads. Call it before the GIL is read.</summary>
    public void Read(CancellationToken cancellation)
    {
        _items.Clear();
        Others.Clear();
        NeedRegisters = 0;
        process.RefreshMap(options.Limits);
        ThreadSampler sampler = new(process.Processor, process.Facts, process.Map, process.Memory, options.Limits);
        using NativeStackReader reader = new(process, options.Limits, log);
        foreach (int threadId in ThreadDirectory.List(ProcessFacts.Folder(process.ProcessId) + "/task/"))
        {
            cancellation.ThrowIfCancellationRequested();
            RunCount? count = _counts.Read(threadId);
            if (!sampler.TryReadBlocked(threadId, count, out SampledThread sample) || !sample.IsCoherent)
            {
                Others.Add(threadId);
                continue;
            }

            NativeThread thread = NativeThread.From(sample, process.Processor, NativeMoment.SameAsPython);
            if (IsSure(reader, thread))
            {
                _items.Add((thread, count));
            }
            else
            {
                Others.Add(threadId);
                NeedRegisters++;
            }
        }
    }

    /// <summary>Gives the stacks of those that have slept until now, so that they are of the moment of the Python frames that were read meanwhile.</summary>
    /// <param name="stopped">Threads that were stopped, whose stacks come from there.</param>
    /// <param name="threads">The stacks.</param>
    /// <returns>False if one has run since.</returns>
    public bool TryGetStill(IReadOnlyList<int> stopped, out List<NativeThread> threads)
    {
        HashSet<int> isStopped = [.. stopped];
        threads = new List<NativeThread>(_items.Count);
        foreach ((NativeThread thread, RunCount? count) in _items)
        {
            if (isStopped.Contains(thread.ThreadId))
            {
                continue;
            }

            if (!_counts.HasStoodStill(thread.ThreadId, count))
            {
                return false;
            }

            threads.Add(thread);
        }

        return true;
    }

    /// <summary>Leaves threads that have run since to be stopped.</summary>
    public void StopAsWell(IReadOnlyCollection<int> threadIds)
    {
        HashSet<int> ids = [.. threadIds];
        _ = _items.RemoveAll(item => ids.Contains(item.Thread.ThreadId));
        foreach (int threadId in ids)
        {
            if (!Others.Contains(threadId))
            {
                Others.Add(threadId);
            }
        }
    }

    private bool IsSure(NativeStackReader reader, NativeThread thread)
    {
        _frames.Clear();
        if (reader.Unwind(thread, _frames) != UnwindEnd.Complete)
        {
            return false;
        }

        foreach (UnwoundFrame frame in _frames)
        {
            // A frame pointer that was searched for is proven by the call that leads to its function, and by what follows; a mere scan is a guess.
            if (frame.Source == FrameSource.Scan)
            {
                return false;
            }
        }

        return true;
    }
}
