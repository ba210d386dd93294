using System;
using System.Collections.Generic;
using System.Threading;
using PyStack.Engine.Primitives;
using PyStack.Engine.Targets;
using PyStack.Engine.Targets.Live;
using PyStack.Engine.Waits.Descriptors;
using PyStack.Engine.Waits.Reasons;
using PyStack.Engine.Waits.SystemCalls;

namespace PyStack.Engine.Waits;

/// <summary>
/// What the threads of one call wait for, as public objects: first the system calls of all threads are read, then Python's objects, then what is at the other ends of their descriptors, once
/// for all.
/// </summary>
internal sealed class ThreadWaits
{
    private readonly ITarget _target;
    private readonly Limits _limits;
    private readonly CancellationToken _cancellation;
    private readonly SystemCallBatch _calls;
    private readonly Dictionary<int, WaitReason> _reasons = [];

    /// <summary>Begins to read the system calls of some threads.</summary>
    /// <param name="threadIds">As the observer counts; each once.</param>
    public ThreadWaits(ITarget target, ICollection<int> threadIds, Limits limits, CancellationToken cancellation)
    {
        (_target, _limits, _cancellation) = (target, limits, cancellation);
        _calls = new SystemCallBatch(target.Threads, [.. threadIds], cancellation);
    }

    /// <summary>Waits until the system calls are read.</summary>
    /// <param name="slept">Whether a thread slept before the capture: then it sleeps again soon.</param>
    public void Join(Predicate<int> slept) => _calls.Join(slept);

    /// <summary>Finds the kernel's reasons.</summary>
    public ThreadWaits Find()
    {
        _calls.Join();
        KernelWaits kernel = new(_target, new WaitBudget(_limits.WaitTime, _cancellation));
        for (int i = 0; i < _calls.Count; i++)
        {
            _cancellation.ThrowIfCancellationRequested();
            if (_calls[i] is SystemCall call && kernel.Find(_calls.ThreadId(i), call) is WaitReason reason)
            {
                _reasons.Add(_calls.ThreadId(i), reason);
            }
        }

        return this;
    }

    /// <summary>Gives Python's reasons where there are some, of threads that are still in the same call.</summary>
    /// <param name="threads">Of the capture.</param>
    public void Refine(PythonThreads threads)
    {
        PythonWaits python = new(threads);
        List<(WaitReason Reason, SystemCall Call)> better = [];
        List<int> threadIds = [];
        for (int i = 0; i < _calls.Count; i++)
        {
            _cancellation.ThrowIfCancellationRequested();
            int threadId = _calls.ThreadId(i);
            if (_calls[i] is SystemCall call && _reasons.TryGetValue(threadId, out WaitReason? kernel) && python.Find(threadId, kernel, call) is WaitReason reason)
            {
                better.Add((reason, call));
                threadIds.Add(threadId);
            }
        }

        SystemCallBatch now = new(_target.Threads, [.. threadIds], _cancellation);
        now.Join();
        for (int i = 0; i < now.Count; i++)
        {
            if (now[i] is SystemCall call && call == better[i].Call)
            {
                _reasons[now.ThreadId(i)] = better[i].Reason;
            }
        }
    }

    /// <summary>What some threads wait for. Threads of which nothing is known are not in the result.</summary>
    public Dictionary<int, PyWait> Build()
    {
        OtherEnds? ends = _target is LiveProcess process ? new OtherEnds(process, new WaitBudget(_limits.WaitTime, _cancellation)) : null;
        foreach (WaitReason reason in _reasons.Values)
        {
            Want(reason, ends);
        }

        ends?.Look();
        DescriptorText text = new(ends, _target.ProcessId);
        Dictionary<int, PyWait> waits = new(_reasons.Count);
        foreach ((int threadId, WaitReason reason) in _reasons)
        {
            waits.Add(threadId, Build(reason, text));
        }

        return waits;
    }

    private static void Want(WaitReason reason, OtherEnds? ends)
    {
        if (reason.Descriptors is null && reason.Descriptor is Descriptor one)
        {
            ends?.Want(one);
        }

        foreach (Descriptor descriptor in reason.Descriptors ?? [])
        {
            ends?.Want(descriptor);
        }
    }

    private static PyWait Build(WaitReason reason, DescriptorText text) => new()
    {
        Kind = reason.Kind,
        Description = WaitText.Describe(reason, text),
        SystemCall = reason.SystemCall,
        FileDescriptor = reason.Descriptor?.Number,
        Resource = reason.Resource ?? (reason.Descriptor is Descriptor descriptor ? text.ResourceOf(descriptor) : null),
        Object = reason.Object,
        HolderThreadId = reason.HolderThreadId,
        HolderProcessId = reason.HolderProcessId ?? (reason.Kind != PyWaitKind.FileLock && reason.Descriptor is Descriptor one ? text.HolderOf(one) : null),
        HolderTaskId = reason.HolderTask == 0 ? null : SystemCallContext.Hex(reason.HolderTask),
        IsHolderGone = reason.IsHolderGone,
        Timeout = reason.Limit.Seconds,
        IsTimeoutAsked = reason.Limit.IsAsked,
    };
}
