using System;
using System.Collections.Generic;
using System.Threading;
using PyStack.Engine.Targets;
using PyStack.Engine.Targets.Live;
using PyStack.Engine.Waits.Descriptors;

namespace PyStack.Engine.Waits;

/// <summary>
/// What the threads of one call wait for, as public objects. First the reasons of all threads are read, then what is at the other ends of their descriptors, once for all.
/// </summary>
internal static class ThreadWaits
{
    /// <summary>How long to look for the other ends. A table of 100,000 sockets takes a tenth of it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    /// <summary>Reads what some threads wait for. Threads of which nothing is known are not in the result.</summary>
    public static Dictionary<int, PyWait> Read(ITarget target, IEnumerable<int> threadIds, CancellationToken cancellation)
    {
        IWaitSource source = new KernelWaits(target);
        OtherEnds? ends = target is LiveProcess process ? new OtherEnds(process, new WaitBudget(Patience, cancellation)) : null;
        Dictionary<int, WaitReason> reasons = [];
        foreach (int threadId in threadIds)
        {
            cancellation.ThrowIfCancellationRequested();
            if (!reasons.ContainsKey(threadId) && source.Find(threadId) is WaitReason reason)
            {
                reasons.Add(threadId, reason);
                Want(reason, ends);
            }
        }

        ends?.Look();
        DescriptorText text = new(ends, target.ProcessId);
        Dictionary<int, PyWait> waits = new(reasons.Count);
        foreach ((int threadId, WaitReason reason) in reasons)
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
