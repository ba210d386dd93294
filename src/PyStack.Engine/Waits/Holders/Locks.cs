using PyStack.Engine.Targets;
using PyStack.Engine.Waits.Reasons;

namespace PyStack.Engine.Waits.Holders;

/// <summary>The locks of Python that threads wait for, and who has them.</summary>
internal sealed class Locks(PythonThreads threads)
{
    /// <summary>The lock that a thread waits for in a call of futex(2); null if it is none of Python's.</summary>
    public LockWait? Find(PythonStack stack, in SystemCall call) => null;

    /// <summary>Who has a lock.</summary>
    /// <param name="address">Of a lock object.</param>
    public LockHolder? HolderOf(ulong address) => threads.Stacks.Count == 0 ? null : null;
}
