using System.Collections.Generic;
using System.Threading;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using PyStack.Engine.Targets.Live;
using PyStack.Engine.Unwinding;

namespace PyStack.Engine.Sessions.NativeStacks;

/// <summary>Registers and stacks of all threads of a process that runs on, and whether they are of the moment of its Python frames.</summary>
internal sealed class NonBlockingNative(LiveProcess process, Limits limits)
{
    private readonly Dictionary<int, string?> _before = [];
    private ThreadSampler? _sampler;

    /// <summary>Call it before the Python frames are read: a thread that has not run from here to its sample stood still all the while.</summary>
    public void Begin()
    {
        _sampler ??= NewSampler();
        _before.Clear();
        foreach (int threadId in ThreadIds())
        {
            _before[threadId] = _sampler.RunCount(threadId);
        }
    }

    /// <summary>Takes the samples; threads that could not be had are missing.</summary>
    public List<NativeThread> Sample(CancellationToken cancellation)
    {
        _sampler = NewSampler();
        List<NativeThread> threads = [];
        foreach (SampledThread sample in _sampler.Sample(ThreadIds(), cancellation).Values)
        {
            RegisterSet registers = default;
            foreach ((int register, ulong value) in sample.Registers)
            {
                registers.Set(register, value);
            }

            bool isStill = sample.IsOfOneMoment
                && _before.TryGetValue(sample.ThreadId, out string? count)
                && count is not null
                && count == _sampler.RunCount(sample.ThreadId);
            _ = registers.TryGet(process.Processor.StackPointer, out ulong stackPointer);
            threads.Add(new NativeThread(sample.ThreadId, registers, new CopiedBytes(stackPointer, sample.Stack), isStill));
        }

        _sampler = null;
        return threads;
    }

    private ThreadSampler NewSampler()
    {
        process.RefreshMap(limits);
        return new ThreadSampler(process.Processor, process.Facts, process.Map, process.Memory, limits);
    }

    private List<int> ThreadIds() => ThreadDirectory.List(ProcessFacts.Folder(process.ProcessId) + "/task/");
}
