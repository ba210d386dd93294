using System;
using PyStack.Engine.Targets;
using PyStack.Engine.Targets.Live.Procfs;
using PyStack.Engine.Waits.SystemCalls;

namespace PyStack.Engine.Waits;

/// <summary>What the kernel says about why threads wait: the system call of each, by its arguments. One line of procfs is read for each thread, after the target was let go.</summary>
internal sealed class KernelWaits(ITarget target, WaitBudget budget)
{
    private readonly SystemCallContext _context = new(target, budget);

    /// <summary>What a thread waits for; null where nothing is known.</summary>
    /// <param name="threadId">As the observer counts.</param>
    /// <param name="call">The call that it was in a moment ago.</param>
    public WaitReason? Find(int threadId, in SystemCall call)
    {
        if (call.Number < 0)
        {
            return PageFault(threadId);
        }

        string? name = target.Processor.SystemCalls.NameOf(call.Number);
        bool isRestarted = name == RestartedCall.Name;
        name = isRestarted ? RestartedCall.Find(target, call) ?? ByKernelFunction(threadId, call) : name;
        if (name is null)
        {
            return new WaitReason(PyWaitKind.Other, isRestarted ? RestartedCall.Name : null, "a system call that is not known");
        }

        // When a thread last ran is when it was stopped, if it goes on with a call, and not when it began to wait.
        _context.Times.IsRestarted = isRestarted;
        WaitReason reason = SystemCallReaders.Of(name)?.Read(_context.At(threadId, name, call)) ?? new WaitReason(PyWaitKind.Other, name, name);

        // What takes longer to read belongs to the call only if the thread has not gone on.
        return NeedsMore(reason) && !(target.Threads.TryReadSystemCall(threadId, out SystemCall again) && again == call) ? null : reason;
    }

    private static bool NeedsMore(WaitReason reason) => reason.Kind is not (PyWaitKind.Futex or PyWaitKind.Sleep or PyWaitKind.Other);

    private string? ByKernelFunction(int threadId, in SystemCall call)
    {
        Span<byte> function = stackalloc byte[64];
        return target.FrozenAt is null ? RestartedCall.Find(function[..ProcessFacts.ReadWaitChannel(target.ProcessId, threadId, function)], call) : null;
    }

    // A thread that sleeps uninterruptibly outside of a call has touched a page that is not in memory.
    private WaitReason? PageFault(int threadId)
        => target.FrozenAt is null && ProcessFacts.IsUninterruptible(target.ProcessId, threadId) ? new WaitReason(PyWaitKind.Disk, null, "a page that is fetched from a disk") : null;
}
