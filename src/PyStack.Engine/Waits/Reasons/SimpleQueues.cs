using PyStack.Engine.Python.Objects;

namespace PyStack.Engine.Waits.Reasons;

/// <summary><c>_queue.SimpleQueue</c>, which was written in C (Modules/_queuemodule.c) and has no frame.</summary>
internal static class SimpleQueues
{
    // After has_threads_waiting, in a word of its own (3.13): RingBuf with put_idx, get_idx, items, items_cap. It is empty where both are the same.
    private const int PutIndex = sizeof(ulong);
    private const int GetIndex = 2 * sizeof(ulong);

    /// <summary>Whether a thread can wait for this object in the call that it is in.</summary>
    public static bool IsWaitedFor(PythonWait wait, ulong address)
    {
        if (!wait.Python.Objects.TryGetType(address, out TypeInfo type) || !wait.Python.Objects.IsNamed(type, "_queue"u8, "SimpleQueue"u8))
        {
            return false;
        }

        PythonValues values = wait.Values;
        if (wait.Python.Runtime.Version.Minor < 13)
        {
            // Its first field is a lock (PyThread_type_lock), which is a semaphore.
            return values.TryReadField(address, 0, out ulong semaphore) && semaphore == wait.Call.First;
        }

        return values.TryReadField(address, 0, out byte isWaited)
            && isWaited == 1
            && values.TryReadField(address, PutIndex, out long put)
            && values.TryReadField(address, GetIndex, out long get)
            && put == get
            && wait.Kernel.Kind == PyWaitKind.Futex
            && wait.Lock is null;
    }
}
