using System;
using System.Collections.Generic;
using System.Threading;
using PyStack.Engine.Targets;
using PyStack.Engine.Targets.Live;
using PyStack.Engine.Waits.Descriptors;
using PyStack.Engine.Waits.Reasons;

namespace PyStack.Engine.Waits;

/// <summary>
/// What the threads of one call wait for, as public objects: first the system calls of all threads are read, then Python's objects, then what is at the other ends of their descriptors, once
/// for all.
/// </summary>
internal sealed class ThreadWaits
{
    /// <summary>How long to look for the other ends. A table of 100,000 sockets takes a tenth of it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    private readonly ITarget _target;
    private readonly CancellationToken _cancellation;
    private readonly KernelWaits _kernel;
    private readonly Dictionary<int, (WaitReason Reason, SystemCall Call)> _reasons = [];

    /// <summary>Reads the system calls of some threads.</summary>
    /// <param name="threadIds">As the observer counts.</param>
    public ThreadWaits(ITarget target, IEnumerable<int> threadIds, CancellationToken cancellation)
    {
        _target = target;
        _cancellation = cancellation;
        _kernel = new KernelWaits(target);
        foreach (int threadId in threadIds)
        {
            cancellation.ThrowIfCancellationRequested();
            if (!_reasons.ContainsKey(threadId) && _kernel.Find(threadId, out SystemCall call) is WaitReason reason)
            {
                _reasons.Add(threadId, (reason, call));
            }
        }
    }

    /// <summary>Gives Python's reasons where there are some.</summary>
    /// <param name="threads">Of the capture.</param>
    public void Refine(PythonThreads threads)
    {
        PythonWaits python = new(threads);
        foreach ((int threadId, (WaitReason reason, SystemCall call)) in _reasons)
        {
            _cancellation.ThrowIfCancellationRequested();
            _reasons[threadId] = (python.Refine(threadId, reason, call), call);
        }
    }

    /// <summary>What some threads wait for. Threads of which nothing is known are not in the result.</summary>
    public Dictionary<int, PyWait> Build()
    {
        OtherEnds? ends = _target is LiveProcess process ? new OtherEnds(process, new WaitBudget(Patience, _cancellation)) : null;
        foreach ((WaitReason reason, _) in _reasons.Values)
        {
            Want(reason, ends);
        }

        ends?.Look();
        DescriptorText text = new(ends, _target.ProcessId);
        Dictionary<int, PyWait> waits = new(_reasons.Count);
        foreach ((int threadId, (WaitReason reason, _)) in _reasons)
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
        IsHolderGone = reason.IsHolderGone,
        Timeout = reason.Limit.Seconds,
        IsTimeoutAsked = reason.Limit.IsAsked,
    };
}
