using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using PyStack.Engine.Native;
using PyStack.Engine.Primitives;
using PyStack.Engine.Processors;
using PyStack.Engine.Python.Frames;
using PyStack.Engine.Python.Runtime;
using PyStack.Engine.Targets;
using PyStack.Engine.Targets.Live;
using PyStack.Engine.Targets.Live.Procfs;
using PyStack.Engine.Targets.Live.Stacks;
using PyStack.Engine.Unwinding;

namespace PyStack.Engine.Profiling.Native;

/// <summary>
/// Samples the Python and native frames of a process's threads without stopping them. A thread that sleeps is read once for each sleep, and counted at each tick. One that runs is sampled by the kernel, by the time that it
/// runs; where the kernel refuses that, its Python frames alone are read.
/// </summary>
internal sealed class NativeSampler(LiveProcess process, IReadOnlyList<PythonRuntime> runtimes, ProfileOptions options, IEngineLog log) : IDisposable
{
    /// <summary>Samples that wait to be taken, of a thread: with 1 MB for each, for a process with few threads that run.</summary>
    private const int ManySamples = 32;
    private const int FewThreads = 32;

    /// <summary>Samples of a thread that are taken at one tick. Where they come faster than they can be read there would be no end; the kernel says how many were lost.</summary>
    private const int MostAtOnce = 2 * ManySamples;

    private readonly Dictionary<int, NativeThreadSampler> _threads = [];
    private readonly ulong _period = (ulong)Math.Max(10_000, 1e9 / options.Rate);
    private byte[] _stack = new byte[RunningThread.MaxStackBytes];
    private StackBounds? _bounds;
    private MemoryMap? _boundsMap;
    private int _started;

    public NativeStackTable Table { get; } = new();

    public NativeCode Code { get; } = new(process, runtimes, options.Limits, log);

    public NativeProfile Profile { get; } = new(process, runtimes, options.Limits);

    public long Torn { get; private set; }

    /// <summary>Samples that the kernel took, and that were not read in time or had no room.</summary>
    public long Missed { get; private set; }

    /// <summary>Samples that were not counted because of the mode.</summary>
    public long Excluded { get; private set; }

    /// <summary>What the kernel refused, so that threads that run have no native frames; null if it did not.</summary>
    public PerfRefusal? Refusal { get; set; }

    /// <summary>Begins with a thread.</summary>
    public void Add(SampledThread thread, in RawThread state, GilAddress? gil)
    {
        if (thread.Name.ThreadId > 0)
        {
            _threads[thread.Name.Index] = new NativeThreadSampler(process, runtimes[thread.Name.Runtime], gil, state, thread.Name.ThreadId, _period, options.Limits);
        }
    }

    /// <summary>Ends with a thread.</summary>
    public void Remove(SampledThread thread)
    {
        if (_threads.Remove(thread.Name.Index, out NativeThreadSampler? sampler))
        {
            sampler.Dispose();
        }
    }

    /// <summary>Samples a thread at a tick.</summary>
    /// <returns>Null if its Python frames alone are to be read, in the ordinary way.</returns>
    public SampleOutcome? Sample(SampledThread thread)
    {
        if (!_threads.TryGetValue(thread.Name.Index, out NativeThreadSampler? sampler))
        {
            return null;
        }

        SleepState state = sampler.Sleep.Look(out bool isSame);
        SampleOutcome outcome = TakeRunning(thread, sampler);
        if (outcome == SampleOutcome.Gone || state == SleepState.Gone)
        {
            return SampleOutcome.Gone;
        }

        if (state == SleepState.Blocked)
        {
            return SampleSleeping(thread, sampler, isSame);
        }

        if (sampler.Running is null && Refusal is null && !sampler.TryStart(_started++ < FewThreads ? ManySamples : SnapshotLayout.MinSlots, out PerfRefusal refusal) && refusal.Error != Errno.ESRCH)
        {
            Refusal = refusal;
        }

        return sampler.Running is null ? null : SampleOutcome.Empty;
    }

    /// <inheritdoc cref="NativeProfile.Build"/>
    public IEnumerable<(long Group, PyProfileFrameList Frames, long Count)> Build(Func<long, int> runtimeOf, Func<PyProfileFrame, PyProfileFrame> share) => Profile.Build(Table, Code, runtimeOf, share);

    /// <summary>What has to be known about the profile.</summary>
    public IEnumerable<string> Warnings() => Refusal is PerfRefusal refusal ? [PerfWarning.Of(refusal), .. Profile.Warnings()] : Profile.Warnings();

    public void Dispose()
    {
        foreach (NativeThreadSampler sampler in _threads.Values)
        {
            sampler.Dispose();
        }

        _threads.Clear();
        Code.Dispose();
    }

    private SampleOutcome TakeRunning(SampledThread thread, NativeThreadSampler sampler)
    {
        for (int taken = 0; taken < MostAtOnce && sampler.Running is RunningThread running; taken++)
        {
            bool isTaken = running.TryTake(out long lost, out bool isUsable);
            Missed += lost;
            if (!isTaken)
            {
                break;
            }

            if (!isUsable)
            {
                Missed++;
                continue;
            }

            SampleOutcome outcome = sampler.ReadRunning();
            bool isTooLarge = outcome == SampleOutcome.Torn && running.Python.IsFull && sampler.TryGrow(isNative: false);
            if (isTooLarge)
            {
                Missed++;
            }
            else if (outcome == SampleOutcome.Read)
            {
                CountRunning(thread, sampler, running);
            }
            else if (outcome == SampleOutcome.Torn)
            {
                Torn++;
            }
            else if (outcome == SampleOutcome.Gone)
            {
                return outcome;
            }
        }

        return SampleOutcome.Empty;
    }

    private void CountRunning(SampledThread thread, NativeThreadSampler sampler, RunningThread running)
    {
        if (options.Mode == PyProfileMode.Gil && sampler.HasGil != true)
        {
            Excluded++;
            return;
        }

        UnwindEnd end = Code.Unwind(running.Native.Registers, running.Native.Stack);
        if (end == UnwindEnd.Unreadable && Code.IsTooShort && sampler.TryGrow(isNative: true))
        {
            Missed++;
            return;
        }

        Table.Stacks.Increment(Find(thread, sampler, end, isIdle: false));
    }

    private SampleOutcome? SampleSleeping(SampledThread thread, NativeThreadSampler sampler, bool isSame)
    {
        if (options.Mode == PyProfileMode.Cpu)
        {
            Excluded++;
            return SampleOutcome.Empty;
        }

        if (!isSame || sampler.SleepingStack < 0)
        {
            sampler.SleepingStack = -1;
            if (!sampler.Sleep.TryGetCall(out BlockedCall call))
            {
                // The kernel does not count: nothing can be proved.
                return null;
            }

            SampleOutcome outcome = ReadSleeping(thread, sampler, call);
            if (outcome != SampleOutcome.Read)
            {
                sampler.Sleep.Forget();
                Torn += outcome == SampleOutcome.Torn ? 1 : 0;
                return outcome == SampleOutcome.Gone ? outcome : SampleOutcome.Empty;
            }
        }

        if (options.Mode == PyProfileMode.Gil && sampler.HasGil != true)
        {
            Excluded++;
            return SampleOutcome.Empty;
        }

        Table.Stacks.Increment(sampler.SleepingStack);
        return SampleOutcome.Empty;
    }

    private SampleOutcome ReadSleeping(SampledThread thread, NativeThreadSampler sampler, in BlockedCall call)
    {
        SampleOutcome outcome = sampler.ReadSleeping();
        if (outcome != SampleOutcome.Read)
        {
            return sampler.Sleep.IsStill() ? outcome : SampleOutcome.Torn;
        }

        if (!ReferenceEquals(_boundsMap, process.Map))
        {
            (_boundsMap, _bounds) = (process.Map, new StackBounds(process.Map, options.Limits));
        }

        RegisterSet registers = default;
        registers.Set(process.Processor.StackPointer, call.StackPointer);
        registers.Set(process.Processor.InstructionPointer, call.InstructionPointer);
        AddressRange used = _bounds!.UsedPart(call.StackPointer, 0, sampler.ThreadId == process.ProcessId, out _);
        int all = (int)Math.Min(used.End > call.StackPointer ? used.End - call.StackPointer : RunningThread.MaxStackBytes, int.MaxValue);
        for (int wanted = Math.Min(all, RunningThread.FirstStackBytes); ; wanted = Math.Min(all, wanted * 8))
        {
            _stack = _stack.Length < wanted ? new byte[wanted] : _stack;
            int count = process.Memory.Read(call.StackPointer, _stack.AsSpan(0, wanted));
            if (!sampler.Sleep.IsStill())
            {
                return SampleOutcome.Torn;
            }

            UnwindEnd end = Code.Unwind(registers, _stack.AsMemory(0, count));
            if (end != UnwindEnd.Unreadable || !Code.IsTooShort || count < wanted || wanted >= all)
            {
                sampler.SleepingStack = Find(thread, sampler, end, isIdle: true);
                return SampleOutcome.Read;
            }
        }
    }

    private int Find(SampledThread thread, NativeThreadSampler sampler, UnwindEnd end, bool isIdle)
    {
        int index = Table.Find(
            sampler.Capture.Frames, CollectionsMarshal.AsSpan(Code.Frames), Code.Innermost, end, Code.Map, SampleGroup.Of(thread.Name.Index, isIdle, sampler.HasGil, isCollecting: false), out bool isNew);
        if (isNew)
        {
            Profile.Note(thread.Name.Runtime, sampler.Capture.Frames);
        }

        return index;
    }
}
