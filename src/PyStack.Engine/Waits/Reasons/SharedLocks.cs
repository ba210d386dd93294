using System;
using System.Globalization;
using System.Runtime.InteropServices;
using PyStack.Engine.Python.Objects;

namespace PyStack.Engine.Waits.Reasons;

/// <summary>Locks and semaphores of <c>multiprocessing</c>, which processes share (Modules/_multiprocessing/multiprocessing.h, SemLockObject).</summary>
internal static class SharedLocks
{
    private static ReadOnlySpan<byte> Inner => "_semlock"u8;

    /// <summary>The reason of who waits for an object of <c>multiprocessing</c> that has a semaphore, or for the semaphore itself; null if it is another one.</summary>
    public static WaitReason? Read(PythonWait wait, ulong address)
        => TryRead(wait, address, out SharedLock found) && found.Handle == wait.Call.First ? Because(wait, address, found) : null;

    /// <summary>Whether an object has the semaphore that the thread sleeps on.</summary>
    public static bool IsWaitedFor(PythonWait wait, ulong address) => wait.Kernel.Kind == PyWaitKind.Futex && TryRead(wait, address, out SharedLock found) && found.Handle == wait.Call.First;

    /// <summary>The number that a semaphore has left; null if it cannot be read.</summary>
    public static int? ValueOf(PythonWait wait, ulong address)
        => TryRead(wait, address, out SharedLock found) && Memory.MemorySourceExtensions.TryRead(wait.Python.Memory, found.Handle, out int value) ? value : null;

    private static WaitReason Because(PythonWait wait, ulong address, in SharedLock found)
    {
        // 0: RLock, 1: Lock and semaphores (SemLock's kind). The count is how often this process has it.
        bool isLock = found.Most == 1;
        int holder = isLock && found.Count > 0 ? wait.Threads.FindByIdentifier(found.LastThread) : 0;
        string name = wait.Values.Show(address);
        string text = holder > 0 ? $"{name}, held by {wait.Threads.Describe(holder)}"
            : !isLock ? string.Create(CultureInfo.InvariantCulture, $"{name} (value 0)")
            : found.Count == 0 ? name + ", held by another process" : name;
        return wait.Because(isLock ? found.Kind == 0 ? PyWaitKind.RLock : PyWaitKind.Lock : PyWaitKind.Semaphore, "release() of", address, text) with { HolderThreadId = holder > 0 ? holder : null };
    }

    private static bool TryRead(PythonWait wait, ulong address, out SharedLock found)
    {
        found = default;
        ulong inner = IsSemLock(wait, address) ? address : wait.Values.IsInstance(address, "multiprocessing.synchronize.SemLock") ? wait.Values.Get(address, Inner) : 0;
        return inner != 0 && IsSemLock(wait, inner) && wait.Values.TryReadField(inner, 0, out found);
    }

    private static bool IsSemLock(PythonWait wait, ulong address)
        => wait.Python.Objects.TryGetType(address, out TypeInfo type) && wait.Python.Objects.IsNamed(type, "_multiprocessing"u8, "SemLock"u8);

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct SharedLock(ulong Handle, ulong LastThread, int Count, int Most, int Kind, int Padding);
}
