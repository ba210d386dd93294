using System;
using PyStack.Engine.Memory;
using PyStack.Engine.Python.Layouts;
using PyStack.Engine.Python.Objects;
using PyStack.Engine.Waits.Reasons;

namespace PyStack.Engine.Waits.Holders;

/// <summary>What a lock object is.</summary>
internal enum LockKind
{
    None,

    /// <summary><c>_thread.lock</c></summary>
    Lock,

    /// <summary><c>_thread.RLock</c></summary>
    RLock,

    /// <summary><c>threading._RLock</c> in 2.7, <c>threading._PyRLock</c> later: written in Python, with a plain lock inside.</summary>
    PythonRLock,
}

/// <summary>What a lock says of itself.</summary>
/// <param name="Owner">The <c>pthread_t</c> of an RLock's owner; 0 of a plain lock.</param>
internal readonly record struct LockState(bool IsLocked, ulong Owner);

/// <summary>Reads lock objects.</summary>
internal sealed class LockObjects(PythonReader python)
{
    private const int MaxName = 32;

    // Of the first word, in builds with a GIL: the number of references, above it flags (refcount.h). Of an object that was freed there is the address of another one, or 0.
    private const int ReferencesBits = 32;
    private const ulong AddressBits = 0xffff;

    private readonly ulong _head = (ulong)python.Layout.Object.VarSize;

    /// <summary>What an object is, by its type; a class of the program's is no lock, whatever its name.</summary>
    public LockKind KindOf(ulong address)
    {
        if (!python.Objects.TryGetType(address, out TypeInfo type))
        {
            return LockKind.None;
        }

        Span<byte> buffer = stackalloc byte[MaxName];
        ReadOnlySpan<byte> name = python.Objects.ReadTypeName(type, buffer);
        LockKind kind = name.SequenceEqual("_thread.lock"u8) || name.SequenceEqual("thread.lock"u8) ? LockKind.Lock
            : name.SequenceEqual("_thread.RLock"u8) ? LockKind.RLock
            : (name.SequenceEqual("_RLock"u8) || name.SequenceEqual("_PyRLock"u8)) && python.Objects.IsNamed(type, "threading"u8, name) ? LockKind.PythonRLock
            : LockKind.None;
        return kind != LockKind.None && IsAlive(address) ? kind : LockKind.None;
    }

    /// <summary>The lock of C that has a semaphore; 0 if an object is none.</summary>
    /// <param name="semaphore">Of a <c>sem_t</c>.</param>
    public ulong OfSemaphore(ulong address, ulong semaphore)
        => KindOf(address) is LockKind kind and (LockKind.Lock or LockKind.RLock) && !HasMutex(address, kind) && python.Memory.TryReadPointer(address + _head, out ulong own) && own == semaphore ? address : 0;

    /// <summary>The lock of C that has a mutex in itself; 0 if it is no lock's.</summary>
    /// <param name="mutex">Of a <c>PyMutex</c>.</param>
    public ulong OfMutex(ulong mutex)
    {
        ulong address = mutex - _head;
        return KindOf(address) is LockKind kind and (LockKind.Lock or LockKind.RLock) && HasMutex(address, kind) ? address : 0;
    }

    /// <summary>Whether a lock is taken, and by whom.</summary>
    public bool TryRead(ulong address, LockKind kind, out LockState state)
    {
        state = default;
        if (kind == LockKind.PythonRLock)
        {
            bool hasOwner = TryGetEither(address, "_RLock__owner"u8, "_owner"u8, out ulong owner) && python.Objects.TryReadInt64(owner, out long identifier) && identifier != 0;
            state = hasOwner && python.Objects.TryReadInt64(owner, out long found) ? new LockState(true, (ulong)found) : default;
            return hasOwner || python.Objects.Is(owner, ObjectKind.None);
        }

        if (kind == LockKind.RLock)
        {
            // To 3.13 the owner counts only while the number after it is not 0; later that is 0 of who has taken it once.
            bool isRead = python.Memory.TryReadPointer(address + _head + LockLayout.Owner, out ulong owner)
                & python.Memory.TryReadPointer(address + _head + LockLayout.Owner + sizeof(ulong), out ulong count);
            bool isOwned = owner != 0 && (python.Layout.Locks.HasRecursiveMutex || count != 0);
            state = new LockState(isOwned, isOwned ? owner : 0);
            return isRead;
        }

        if (HasMutex(address, kind))
        {
            bool isRead = python.Memory.TryRead(address + _head, out byte bits);
            state = new LockState((bits & LockLayout.MutexLocked) != 0, 0);
            return isRead;
        }

        // sem_t: the number that is left; in musl the highest bit says that threads wait.
        bool hasValue = python.Memory.TryReadPointer(address + _head, out ulong semaphore) & python.Memory.TryRead(semaphore, out uint value);
        state = new LockState((value & int.MaxValue) == 0 || value == uint.MaxValue, 0);
        return hasValue;
    }

    /// <summary>The plain lock inside of an RLock that was written in Python; 0 if there is none.</summary>
    public ulong InnerOf(ulong address) => TryGetEither(address, "_RLock__block"u8, "_block"u8, out ulong inner) && KindOf(inner) == LockKind.Lock ? inner : 0;

    private bool TryGetEither(ulong address, ReadOnlySpan<byte> old, ReadOnlySpan<byte> name, out ulong value)
    {
        value = 0;
        return python.Objects.TryGetType(address, out TypeInfo type) && python.Objects.TryGetInstanceAttribute(address, type, python.Objects.IsPython2 ? old : name, out value);
    }

    // A plain lock with a mutex has nothing else: its type says how large it is.
    private bool HasMutex(ulong address, LockKind kind)
        => python.Layout.Locks.AddressBeforeSemaphore is not null
            && (kind == LockKind.RLock
                ? python.Layout.Locks.HasRecursiveMutex
                : python.Objects.TryGetType(address, out TypeInfo type)
                    && python.Memory.TryRead(type.Address + (ulong)python.Layout.Values.TypeBasicSize, out long size)
                    && size == (long)_head + sizeof(ulong));

    private bool IsAlive(ulong address)
        => python.Layout.IsFreeThreaded
            || (python.Memory.TryReadPointer(address, out ulong word) && (uint)word != 0 && ((word >> ReferencesBits) & AddressBits) == 0);
}
