using System;
using System.Globalization;
using System.Runtime.InteropServices;
using PyStack.Engine.Memory;
using PyStack.Engine.Python.Runtime;
using PyStack.Engine.Targets;
using PyStack.Engine.Waits.Reasons;
using PyStack.Engine.Waits.SystemCalls;

namespace PyStack.Engine.Waits.Holders;

/// <summary>Locks that are no objects of Python: the GIL, and mutexes of the C library, which <c>std::mutex</c> has as well.</summary>
internal sealed class NativeLocks(PythonThreads threads)
{
    // pthread_mutex_t of glibc (struct __pthread_mutex_s, bits/struct_mutex.h), ints: __lock, __count, __owner, __nusers, __kind.
    private const int MutexWords = 5;
    private const int OwnerWord = 2;
    private const int UsersWord = 3;
    private const int KindWord = 4;

    /// <summary>What <c>__lock</c> is, and what a thread sleeps for, while others wait (lowlevellock.h).</summary>
    private const int HeldWithWaiters = 2;

    /// <summary>The four types that pthread_mutexattr_settype(3) knows, and the flag that says not to try it by transactions (nptl/pthreadP.h: PTHREAD_MUTEX_NO_ELISION_NP).</summary>
    private const int KindMask = ~(3 | 512);

    /// <summary>More threads do not use one mutex: what is after other locks of glibc is half of an address.</summary>
    private const int MaxUsers = 10_000;

    /// <summary>FUTEX_PRIVATE_FLAG (linux/futex.h): without it, other processes may have the mutex.</summary>
    private const int Private = 128;

    // pthread_mutex_t of musl (src/internal/pthread_impl.h), ints: _m_type, _m_lock. A lock of all types but the first has its owner, and this bit while others wait.
    private const uint MuslWaiters = 0x8000_0000;
    private const int MuslTypeMask = 3;

    // After locked, in words: switch_number, cond of 48 bytes, mutex of 40 (48 on aarch64).
    private const ulong CondAfterLocked = 2 * sizeof(ulong);
    private const ulong CondAndMutex = 48 + 40;

    /// <summary>The reason of a thread that waits for one; null if it waits for something else.</summary>
    /// <param name="threadId">As the observer counts.</param>
    /// <param name="call">Of futex(2).</param>
    public WaitReason? Find(int threadId, WaitReason kernel, in SystemCall call)
    {
        if (!FutexCalls.IsWait(call))
        {
            return null;
        }

        return FindGil(threadId, kernel, call.First) ?? FindMutex(kernel, call);
    }

    private WaitReason? FindGil(int threadId, WaitReason kernel, ulong futex)
    {
        if (threads.Of(threadId)?.Thread.GilAddress is not GilAddress gil || futex - gil.Locked - CondAfterLocked >= CondAndMutex)
        {
            return null;
        }

        int holder = 0;
        if (GilState.TryRead(threads.Target.Memory, gil, out GilState state) && state.IsHeld)
        {
            foreach (PythonStack stack in threads.Stacks)
            {
                holder = stack.Thread.Address == state.LastHolder ? stack.ThreadId : holder;
            }
        }

        return kernel with
        {
            Kind = PyWaitKind.Gil,
            Action = "GIL",
            Subject = holder == 0 ? null : "held by " + threads.Describe(holder),
            Object = SystemCallContext.Hex(gil.LastHolder) + " (GIL)",
            HolderThreadId = holder == 0 || holder == threadId ? null : holder,
            IsHolderGone = holder == 0 || holder == threadId ? null : false,
            Limit = default,
        };
    }

    private WaitReason? FindMutex(WaitReason kernel, in SystemCall call)
    {
        Span<int> words = stackalloc int[MutexWords];
        IMemorySource memory = threads.Target.Memory;
        if ((int)call.Third == HeldWithWaiters)
        {
            return memory.TryRead(call.First, MemoryMarshal.AsBytes(words))
                && words[0] == HeldWithWaiters
                && words[OwnerWord] > 0
                && words[UsersWord] is > 0 and < MaxUsers
                && (words[KindWord] & KindMask) == 0
                    ? OfOwner(kernel, call.First, words[OwnerWord], isShared: ((int)call.Second & Private) == 0)
                    : null;
        }

        uint held = (uint)call.Third;
        return (held & MuslWaiters) != 0
            && memory.TryRead(call.First - sizeof(int), out int type)
            && (type & MuslTypeMask) is 1 or 2
            && memory.TryRead(call.First, out uint value)
            && value == held
            && threads.Target.ListThreads().ToObserver(held & ~MuslWaiters) != 0
                ? OfOwner(kernel, call.First - sizeof(int), (int)(held & ~MuslWaiters), isShared: false)
                : null;
    }

    private WaitReason? OfOwner(WaitReason kernel, ulong address, int innerId, bool isShared)
    {
        int owner = threads.Target.ListThreads().ToObserver(innerId);
        bool isGone = owner == 0 && !isShared;
        string holder = owner != 0 ? "held by " + threads.Describe(owner)
            : isGone ? string.Create(CultureInfo.InvariantCulture, $"held by thread {innerId}, which does not exist in this process: it has ended, or the process was forked while that thread had it")
            : "held by another process";
        return kernel with
        {
            Kind = PyWaitKind.Mutex,
            Action = "mutex",
            Subject = $"{SystemCallContext.Hex(address)}, {holder}",
            Object = SystemCallContext.Hex(address) + " (pthread_mutex_t)",
            HolderThreadId = owner == 0 ? null : owner,
            IsHolderGone = owner != 0 ? false : isGone ? true : null,
        };
    }
}
