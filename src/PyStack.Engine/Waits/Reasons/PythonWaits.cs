using System;
using PyStack.Engine.Targets;
using PyStack.Engine.Waits.Holders;
using PyStack.Engine.Waits.SystemCalls;

namespace PyStack.Engine.Waits.Reasons;

/// <summary>
/// Python's reasons above the kernel's. Of a thread that waits in the kernel, the frames are examined from the innermost outwards: as long as a frame is one of the functions that
/// <see cref="ReasonReaders"/> knows, the reason of the outer one is nearer to what people wrote (<c>Queue.get</c> over <c>Condition.wait</c> over <c>Lock.acquire</c>).
/// </summary>
internal sealed class PythonWaits(PythonThreads threads)
{
    /// <summary>No reason is further out than this: the standard library's functions over a lock.</summary>
    private const int MaxDepth = 16;

    private readonly Locks _locks = new(threads);
    private readonly NativeLocks _native = new(threads);

    /// <summary>A thread's reason in Python's words, or a lock of native code; null where nothing is known above the kernel's. It is one of this call only if the thread has not gone on.</summary>
    /// <param name="threadId">As the observer counts.</param>
    public WaitReason? Find(int threadId, WaitReason kernel, in SystemCall call)
        => (kernel.Kind == PyWaitKind.Futex ? _native.Find(threadId, kernel, call) : null)
            ?? (threads.Of(threadId) is PythonStack stack ? FromPython(new PythonWait(stack, kernel, call, threads, _locks)) : null);

    private static WaitReason? FromPython(PythonWait wait)
    {
        for (int i = 0; i < wait.Stack.Count && i < MaxDepth; i++)
        {
            ReadOnlySpan<IReasonReader> readers = ReasonReaders.Of(wait.Stack, i);
            if (readers.IsEmpty)
            {
                break;
            }

            foreach (IReasonReader reader in readers)
            {
                wait.Inner = reader.Read(wait, i) ?? wait.Inner;
            }
        }

        return wait.Inner ?? (wait.Lock is LockWait waited ? Describe(wait.Kernel, waited) : CallerReader.Read(wait));
    }

    /// <summary>The reason of a thread that waits for a lock and nothing above it.</summary>
    internal static WaitReason Describe(WaitReason kernel, LockWait waited)
    {
        string address = SystemCallContext.Hex(waited.Address);
        return kernel with
        {
            Kind = waited.Kind,
            Action = waited.Kind == PyWaitKind.RLock ? "RLock" : "lock",
            Subject = waited.Holder is LockHolder holder ? $"{address}, {holder.Text}" : address,
            Object = address + (waited.Kind == PyWaitKind.RLock ? " (_thread.RLock)" : " (_thread.lock)"),
            HolderThreadId = waited.Holder?.ThreadId,
            IsHolderGone = waited.Holder?.IsGone,
        };
    }
}
