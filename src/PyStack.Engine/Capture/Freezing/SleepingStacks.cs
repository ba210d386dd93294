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

    /// <summary>The stacks of the threads that sleep.</summary>
    public List<NativeThread> Items { get; } = [];

    /// <summary>The threads that have to be stopped: they run, or need more registers than procfs has.</summary>
    public List<int> Others { get; } = [];

    /// <summary>How many of the others sleep.</summary>
    public int NeedRegisters { get; private set; }

    /// <summary>Reads all threads but those that will be stopped anyway.</summary>
    public void Read(IReadOnlyCollection<int> threadIds, GilHolders holders, CancellationToken cancellation)
    {
        Items.Clear();
        Others.Clear();
        NeedRegisters = 0;
        process.RefreshMap(options.Limits);
        ThreadSampler sampler = new(process.Processor, process.Facts, process.Map, process.Memory, options.Limits);
        using NativeStackReader reader = new(process, options.Limits, log);
        foreach (int threadId in threadIds)
        {
            cancellation.ThrowIfCancellationRequested();
            if (holders.IsHolder(threadId))
            {
                continue;
            }

            if (!sampler.TryReadBlocked(threadId, _counts.Read(threadId), out SampledThread sample) || !sample.IsCoherent)
            {
                Others.Add(threadId);
                continue;
            }

            NativeThread thread = NativeThread.From(sample, process.Processor, NativeMoment.SameAsPython);
            if (IsSure(reader, thread))
            {
                Items.Add(thread);
            }
            else
            {
                Others.Add(threadId);
                NeedRegisters++;
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
