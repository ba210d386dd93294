using System;
using System.Collections.Generic;
using System.Threading;
using PyStack.Engine.Memory;
using PyStack.Engine.Native;
using PyStack.Engine.Primitives;
using PyStack.Engine.Processors;
using PyStack.Engine.Targets.Live.Procfs;

namespace PyStack.Engine.Targets.Live.Stacks;

/// <summary>
/// Registers and stacks of a process that is not stopped. A thread that is blocked in the kernel shows its stack and instruction pointers in
/// <c>/proc/PID/task/TID/syscall</c> (proc_pid_syscall(5)), and its stack does not change; one that runs is sampled by the kernel.
/// </summary>
internal sealed class ThreadSampler(Processor processor, ProcessFacts facts, MemoryMap map, IMemorySource memory, Limits limits)
{
    private const int Rounds = 3;

    /// <summary>Each sample has a buffer of 132 KB while it is waited for.</summary>
    private const int SamplesAtOnce = 32;

    private const int LooksAtSamples = 150;
    private const int MicrosecondsBetweenLooks = 200;

    private readonly StackBounds _bounds = new(map, limits);
    private readonly RunCounts _counts = new(facts);

    /// <summary>Takes what can be obtained of the given threads; those that are missing could be obtained in neither way.</summary>
    public Dictionary<int, SampledThread> Sample(IEnumerable<int> threadIds, CancellationToken cancellation)
    {
        Dictionary<int, SampledThread> found = [];
        List<int> missing = [.. threadIds];
        for (int round = 0; round < Rounds && missing.Count > 0; round++)
        {
            List<int> running = [];
            foreach (int threadId in missing)
            {
                cancellation.ThrowIfCancellationRequested();
                if (TryReadBlocked(threadId, _counts.Read(threadId), out SampledThread thread))
                {
                    found[threadId] = thread;
                }
                else
                {
                    running.Add(threadId);
                }
            }

            missing = SampleRunning(running, found, cancellation);
        }

        return found;
    }

    /// <summary>Reads a thread that is blocked in the kernel.</summary>
    /// <param name="since">Its run count at an earlier check.</param>
    /// <param name="thread">It is from one moment if the thread has not run since then.</param>
    public bool TryReadBlocked(int threadId, RunCount? since, out SampledThread thread)
    {
        thread = null!;
        string? before = _counts.BlockedAt(threadId);
        if (before is null || !BlockedCall.TryParse(before, out BlockedCall blocked))
        {
            return false;
        }

        AddressRange used = _bounds.UsedPart(blocked.StackPointer, 0, threadId == facts.ProcessId, out _);
        if (used.Length == 0)
        {
            return false;
        }

        byte[] stack = new byte[used.End - blocked.StackPointer];
        int count = memory.Read(blocked.StackPointer, stack);
        if (_counts.BlockedAt(threadId) != before)
        {
            return false;
        }

        (int, ulong)[] registers = [(processor.StackPointer, blocked.StackPointer), (processor.InstructionPointer, blocked.InstructionPointer)];
        bool isOfOneMoment = since is not null && _counts.Read(threadId) == since;
        thread = new SampledThread(threadId, registers, count == stack.Length ? stack : stack[..count], isOfOneMoment);
        return true;
    }

    private List<int> SampleRunning(List<int> threadIds, Dictionary<int, SampledThread> found, CancellationToken cancellation)
    {
        List<int> missing = [];
        for (int first = 0; first < threadIds.Count; first += SamplesAtOnce)
        {
            List<PerfSampler> samplers = [];
            try
            {
                foreach (int threadId in threadIds.GetRange(first, Math.Min(SamplesAtOnce, threadIds.Count - first)))
                {
                    if (PerfSampler.TryStart(processor, threadId) is { } sampler)
                    {
                        samplers.Add(sampler);
                    }
                    else
                    {
                        missing.Add(threadId);
                    }
                }

                Wait(samplers, found, missing, cancellation);
            }
            finally
            {
                samplers.ForEach(sampler => sampler.Dispose());
            }
        }

        return missing;
    }

    private static void Wait(
        List<PerfSampler> samplers, Dictionary<int, SampledThread> found, List<int> missing, CancellationToken cancellation)
    {
        int waiting = samplers.Count;
        for (int look = 0; look < LooksAtSamples && waiting > 0 && !cancellation.IsCancellationRequested; look++)
        {
            ThreadWait.Sleep(MicrosecondsBetweenLooks);
            foreach (PerfSampler sampler in samplers)
            {
                if (!found.ContainsKey(sampler.ThreadId) && sampler.TryTake(out SampledThread thread))
                {
                    found.Add(sampler.ThreadId, thread);
                    waiting--;
                }
            }
        }

        foreach (PerfSampler sampler in samplers)
        {
            if (!found.ContainsKey(sampler.ThreadId))
            {
                missing.Add(sampler.ThreadId);
            }
        }
    }
}
