using System.Collections.Generic;

namespace PyStack.Engine.Waits.Reasons;

/// <summary><c>Thread.join()</c>: in 2.7 a condition, to 3.12 a lock of the thread's state, later an event inside of the thread's handle, which has no lock of Python's.</summary>
internal sealed class JoinReader : IReasonReader
{
    private const string File = "threading.py";
    private const string StateLock = "_wait_for_tstate_lock";

    public IEnumerable<(string File, string Function)> Functions => [(File, "join"), (File, StateLock)];

    public WaitReason? Read(PythonWait wait, int index)
    {
        ThreadObject thread = ThreadObjects.Find(wait, index, "self");
        if (thread.Address == 0)
        {
            return null;
        }

        if (wait.IsIn(index, StateLock))
        {
            return index == 0 && wait.IsLock(wait.Variable(0, "lock") is ulong found and not 0 ? found : wait.Values.Get(thread.Address, "_tstate_lock"u8)) ? ThreadObjects.EndOf(wait, thread) : null;
        }

        bool isCondition = wait.Inner?.Kind == PyWaitKind.Condition && wait.Values.Get(thread.Address, "_Thread__block"u8) == wait.Target;
        bool isHandle = index == 0 && wait.Kernel.Kind == PyWaitKind.Futex && wait.Lock is null && (wait.Values.Get(thread.Address, "_handle"u8) | wait.Values.Get(thread.Address, "_os_thread_handle"u8)) != 0;
        return isCondition || isHandle ? ThreadObjects.EndOf(wait, thread) : null;
    }
}
