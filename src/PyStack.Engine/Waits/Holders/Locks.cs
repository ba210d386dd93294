using System;
using System.Collections.Generic;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Runtime;
using PyStack.Engine.Targets;
using PyStack.Engine.Targets.Live;
using PyStack.Engine.Targets.Live.Procfs;
using PyStack.Engine.Waits.Reasons;

namespace PyStack.Engine.Waits.Holders;

/// <summary>The locks of Python that threads wait for, and who has them. Nothing is read before a thread waits for one.</summary>
internal sealed class Locks
{
    private readonly PythonThreads _threads;
    private readonly LockReaders _readers;
    private readonly LockClaims _claims;
    private readonly LockMentions _mentions;
    private readonly Dictionary<ulong, LockHolder?> _holders = new(AddressHash.Comparer);

    public Locks(PythonThreads threads)
    {
        _threads = threads;
        _readers = new LockReaders(threads);
        _claims = new LockClaims(threads, _readers);
        _mentions = new LockMentions(threads, _readers);
    }

    /// <summary>The lock that a thread waits for in a call of futex(2); null if it is none of Python's.</summary>
    public LockWait? Find(PythonStack stack, in SystemCall call)
    {
        LockReader reader = _readers.Of(stack);
        ulong address = reader.Slept.Find(stack, call, out LockKind kind);
        if (address == 0)
        {
            return null;
        }

        LockHolder? holder = HolderOf(address, reader);
        if (holder?.ThreadId == stack.ThreadId)
        {
            holder = holder with { Text = holder.Text.Replace(_threads.Describe(stack.ThreadId), "this thread itself", StringComparison.Ordinal) };
        }

        return new LockWait(kind == LockKind.Lock ? PyWaitKind.Lock : PyWaitKind.RLock, address, holder);
    }

    /// <summary>Who has a lock; null if nobody has it, or nothing is known of that.</summary>
    /// <param name="address">Of a lock object: a plain lock, or an RLock of either kind.</param>
    public LockHolder? HolderOf(ulong address)
    {
        foreach (LockReader reader in _readers.All)
        {
            if (reader.Objects.KindOf(address) != LockKind.None)
            {
                return HolderOf(address, reader);
            }
        }

        return null;
    }

    private LockHolder? HolderOf(ulong address, LockReader reader)
    {
        if (!_holders.TryGetValue(address, out LockHolder? holder))
        {
            holder = Read(address, reader);
            _holders.Add(address, holder);
        }

        return holder;
    }

    private LockHolder? Read(ulong address, LockReader reader)
    {
        LockKind kind = reader.Objects.KindOf(address);
        if (kind == LockKind.None || !reader.Objects.TryRead(address, kind, out LockState state) || !state.IsLocked)
        {
            return null;
        }

        if (kind != LockKind.Lock)
        {
            return OfOwner(address, kind, state.Owner, reader);
        }

        if (_claims.Find(address) is LockClaim claim)
        {
            int threadId = claim.Stack.ThreadId;
            return new LockHolder(threadId, IsGone: false, $"held by {_threads.Describe(threadId)} at {claim.Stack.PlaceOf(claim.Index)}");
        }

        string text = "acquired by hand: the holder cannot be known";
        if (_mentions.Find(address, stack => IsWaitingFor(stack, address)) is string mention)
        {
            text += "; " + mention;
        }

        return _threads.IsAlone && _threads.Stacks.Count == 1 ? OfOnlyThread(_threads.Stacks[0].ThreadId) : new LockHolder(null, IsGone: null, text);
    }

    // Nobody else can give the lock back. In a process that was forked it was most likely taken by a thread of the parent.
    private LockHolder OfOnlyThread(int threadId)
        => _threads.Target is LiveProcess process && ForkState.IsForkedWithoutExec(process.ProcessId)
            ? new LockHolder(null, IsGone: true, "held by a thread that does not exist in this process, which was forked, unless this thread has taken it by hand itself: no other thread exists to give it back")
            : new LockHolder(threadId, IsGone: false, $"acquired by hand by {_threads.Describe(threadId)}, or by one that has ended: no other thread exists to give it back");

    private LockHolder? OfOwner(ulong address, LockKind kind, ulong owner, LockReader reader)
    {
        int threadId = _threads.FindByIdentifier(owner);
        if (threadId == 0)
        {
            // It may have no state of Python's any more, or have been started since.
            IThreadDirectory directory = _threads.Target.ListThreads();
            PthreadIds ids = PthreadIds.Find(_threads.Target.Memory, [owner], directory.InnerIds);
            threadId = ids.TryGet(owner, out int innerId) ? directory.ToObserver(innerId) : 0;
        }

        if (threadId != 0)
        {
            return new LockHolder(threadId, IsGone: false, "held by " + _threads.Describe(threadId));
        }

        // Only if it has it still, it ended with it.
        return _readers.NowOf(reader.Python).Objects.TryRead(address, kind, out LockState again) && again.Owner == owner
            ? new LockHolder(null, IsGone: true, "held by a thread that does not exist in this process: it has ended, or the process was forked while that thread had it")
            : null;
    }

    private bool IsWaitingFor(PythonStack stack, ulong address)
        => _threads.Target.Threads.TryReadSystemCall(stack.ThreadId, out SystemCall call) && _readers.Of(stack).Slept.Find(stack, call, out _) == address;
}
