using System.Collections.Generic;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Frames;
using PyStack.Engine.Waits.Reasons;

namespace PyStack.Engine.Waits.Holders;

/// <summary>A frame in the body of a <c>with</c> statement.</summary>
/// <param name="Index">Of the frame, 0 is the innermost.</param>
internal readonly record struct LockClaim(PythonStack Stack, int Index);

/// <summary>
/// Which plain locks are held by <c>with</c> statements: all threads' frames, read once. A frame counts if it was in the body of the statement when it was captured, when the objects were read, and when its
/// holder is asked for.
/// </summary>
internal sealed class LockClaims(PythonThreads threads, LockReaders readers)
{
    /// <summary>Frames of all threads that are examined, the innermost of each first.</summary>
    private const int MaxFrames = 100_000;

    private readonly Dictionary<ulong, List<LockClaim>> _claims = new(AddressHash.Comparer);
    private bool _isRead;

    /// <summary>The thread that is inside of a <c>with</c> statement that has taken a lock, if it is one alone and certainly has it.</summary>
    public LockClaim? Find(ulong address)
    {
        if (!_isRead)
        {
            _isRead = true;
            ReadAll();
        }

        LockClaim? found = null;
        foreach (LockClaim claim in _claims.GetValueOrDefault(address) ?? [])
        {
            if (MayHaveReleased(claim, address))
            {
                continue;
            }

            if (found is LockClaim other && other.Stack != claim.Stack)
            {
                // Two say that they have it: one has given it back by hand, and it is not known which.
                return null;
            }

            found ??= claim;
        }

        return found is LockClaim one && IsStillInside(one, address) ? one : null;
    }

    private void ReadAll()
    {
        int left = MaxFrames;
        List<ulong> locks = [];
        foreach (PythonStack stack in threads.Stacks)
        {
            threads.Cancellation.ThrowIfCancellationRequested();
            LockReader reader = readers.Of(stack);
            for (int i = 0; i < stack.Count && --left >= 0; i++)
            {
                PythonFrame frame = stack[i];
                if (!reader.Statements.MayBeInside(frame))
                {
                    continue;
                }

                locks.Clear();
                foreach (ExitCall call in reader.Statements.Read(frame.Address))
                {
                    reader.Managers.AddLocks(call, locks);
                }

                foreach (ulong one in locks)
                {
                    if (!_claims.TryGetValue(one, out List<LockClaim>? known))
                    {
                        _claims.Add(one, known = []);
                    }

                    known.Add(new LockClaim(stack, i));
                }
            }
        }
    }

    // Condition.wait() gives its lock back inside of a with statement, and so may other code that has the lock at hand.
    private bool MayHaveReleased(LockClaim claim, ulong address)
    {
        LockReader reader = readers.Of(claim.Stack);
        for (int i = 0; i <= claim.Index; i++)
        {
            PythonFrame frame = claim.Stack[i];
            if (reader.MayGiveBack(frame.Address, address, isItsOwn: i == claim.Index))
            {
                return true;
            }

            if (reader.Statements.MayBeInside(frame) && reader.Statements.Read(frame.Address).Exists(call => reader.Managers.MayGiveBack(call, address)))
            {
                return true;
            }
        }

        return false;
    }

    // In the memory as it is now: the frame is one of the thread's, and has the lock.
    private bool IsStillInside(LockClaim claim, ulong address)
    {
        PythonStack stack = claim.Stack;
        if (threads.Target.FrozenAt is not null)
        {
            return true;
        }

        LockReader now = readers.NowOf(stack.Python);
        ulong frame = stack[claim.Index].Address;
        List<ulong> locks = [];
        foreach (ExitCall call in now.Statements.Read(frame))
        {
            now.Managers.AddLocks(call, locks);
        }

        if (!locks.Contains(address))
        {
            return false;
        }

        RawCapture walked = new();
        FrameWalker walker = new(stack.Python.Layout, stack.Python.Limits);
        _ = walker.Walk(threads.Target.Memory, new StackRoot(StackRootKind.ThreadState, stack.Thread.Address), walked);
        for (int i = 0; i < walked.Frames.Count; i++)
        {
            if (walked.Frames[i].Address == frame)
            {
                return true;
            }
        }

        return false;
    }
}
