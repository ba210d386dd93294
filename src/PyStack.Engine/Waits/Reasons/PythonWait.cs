using PyStack.Engine.Memory;
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

    public PythonValues Values => stack.Python.Values;

    /// <summary>The reason of the inner frames; null if they have none.</summary>
    public WaitReason? Inner { get; set; }

    /// <summary>The object that the inner frames wait for: an outer one is the reason only if this is part of it. 0 if there is none.</summary>
    public ulong Target { get; private set; }

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

    /// <summary>Whether it sleeps on a lock object: to 3.13.0 on the semaphore that this points to, later on one of its own that has the address of the mutex next to it. Who has the lock is not asked.</summary>
    public bool IsLock(ulong address)
    {
        if (address == 0 || kernel.Kind != PyWaitKind.Futex)
        {
            return false;
        }

        ulong place = address + (ulong)Python.Layout.Object.VarSize;
        return (Python.Layout.Locks.AddressBeforeSemaphore is int before && Python.Memory.TryReadPointer(call.First - (ulong)before, out ulong mutex) && mutex == place)
            || (Python.Memory.TryReadPointer(place, out ulong semaphore) && semaphore == call.First);
    }

    /// <summary>The object in a variable of a frame if it is an instance of one of the library's classes; 0 if not.</summary>
    /// <param name="type">With its module.</param>
    public ulong Find(int index, string variable, string type) => stack.TryGetVariable(index, variable, out ulong found) && Values.IsInstance(found, type) ? found : 0;

    /// <summary>The same of <c>self</c>, with another class in 2.7.</summary>
    public ulong Self(int index, string old, string type) => Find(index, "self", Python.Objects.IsPython2 ? old : type);

    /// <summary>An object in a variable of a frame; 0 if there is none.</summary>
    public ulong Variable(int index, string name) => stack.TryGetVariable(index, name, out ulong value) ? value : 0;

    /// <summary>Whether a frame is one of a function that has this name.</summary>
    public bool IsIn(int index, string function) => stack[index].Code.Name == function;

    /// <summary>The time that is left until one that the program has calculated; none of a core.</summary>
    /// <param name="moment">A float, seconds of one of the clocks; 0 or None for no limit.</param>
    public TimeLimit Until(ulong moment, int clock) => Values.Seconds(moment) is double seconds ? threads.Times.At(seconds, clock) : default;

    /// <summary>A reason.</summary>
    /// <param name="action">What it waits for, as far as all waits of the kind have it in common.</param>
    /// <param name="target">The object that is waited for.</param>
    /// <param name="subject">What follows; if it is not given, the object.</param>
    public WaitReason Because(PyWaitKind kind, string action, ulong target, string? subject = null)
    {
        Target = target;
        return kernel with { Kind = kind, Action = action, Subject = subject ?? Values.Show(target), Object = Values.Describe(target) };
    }
}
