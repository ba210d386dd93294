using PyStack.Engine.Targets;
using PyStack.Engine.Waits.Holders;

namespace PyStack.Engine.Waits.Reasons;

/// <summary>A thread that waits, as Python sees it.</summary>
internal sealed class PythonWait(PythonStack stack, WaitReason kernel, SystemCall call, PythonThreads threads, Locks locks)
{
    private LockWait? _lock;
    private bool _isLockRead;

    /// <summary>Its frames.</summary>
    public PythonStack Stack => stack;

    /// <summary>What the kernel says.</summary>
    public WaitReason Kernel => kernel;

    /// <summary>The system call that it is in.</summary>
    public SystemCall Call => call;

    /// <summary>All threads of the capture.</summary>
    public PythonThreads Threads => threads;

    public Locks Locks => locks;

    public PythonReader Python => stack.Python;

    /// <summary>The lock of Python that the thread sleeps on; null if it is none, as of a condition's waiter in free-threaded builds.</summary>
    public LockWait? Lock
    {
        get
        {
            if (!_isLockRead)
            {
                _lock = kernel.Kind == PyWaitKind.Futex ? locks.Find(stack, call) : null;
                _isLockRead = true;
            }

            return _lock;
        }
    }
}
