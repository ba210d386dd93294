using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Code;
using PyStack.Engine.Python.Layouts;
using PyStack.Engine.Targets;
using PyStack.Engine.Waits.Reasons;
using PyStack.Engine.Waits.SystemCalls;

namespace PyStack.Engine.Waits.Holders;

/// <summary>Finds the lock object that a thread sleeps on.</summary>
internal sealed class SleptLock(LockReader reader)
{
    /// <summary>The innermost frames: the lock's method was called from one of them.</summary>
    private const int Frames = 2;

    /// <summary>Values of a frame that are looked at, the last ones.</summary>
    private const int MaxValues = 64;

    private const string Library = "threading.py";

    private readonly Dictionary<ulong, ulong> _bySemaphore = new(AddressHash.Comparer);

    /// <summary>The lock's address; 0 if it is none of Python's.</summary>
    /// <param name="call">Of futex(2).</param>
    public ulong Find(PythonStack stack, in SystemCall call, out LockKind kind)
    {
        kind = LockKind.None;
        if (!FutexCalls.IsWait(call))
        {
            return 0;
        }

        LockLayout at = stack.Python.Layout.Locks;
        ulong found = at.AddressBeforeSemaphore is int before && reader.Python.Memory.TryReadPointer(call.First - (ulong)before, out ulong mutex) ? reader.Objects.OfMutex(mutex) : 0;
        found = found == 0 && !at.HasRecursiveMutex ? FindKnown(stack, call.First) : found;
        kind = found == 0 ? LockKind.None : reader.Objects.KindOf(found);
        if (kind == LockKind.Lock && stack.Is(0, Library, "acquire") && stack.TryGetVariable(0, "self", out ulong outer)
            && reader.Objects.KindOf(outer) == LockKind.PythonRLock && reader.Objects.InnerOf(outer) == found)
        {
            kind = LockKind.PythonRLock;
            return outer;
        }

        return found;
    }

    // Others wait for the same one.
    private ulong FindKnown(PythonStack stack, ulong semaphore)
    {
        if (!_bySemaphore.TryGetValue(semaphore, out ulong found))
        {
            found = FindBySemaphore(stack, semaphore);
            if (found != 0)
            {
                _bySemaphore.Add(semaphore, found);
            }
        }

        return found;
    }

    // Whatever is on the stack of values, old ones included: a lock counts only if it has the semaphore.
    private ulong FindBySemaphore(PythonStack stack, ulong semaphore)
    {
        Span<ulong> values = stackalloc ulong[MaxValues];
        for (int i = 0; i < Frames && i < stack.Count; i++)
        {
            foreach (ulong value in values[..ReadValues(stack[i].Address, values)])
            {
                if (Match(value, semaphore) is ulong found and not 0)
                {
                    return found;
                }
            }

            foreach ((_, ulong value) in stack.Variables(i))
            {
                if (Match(value, semaphore) is ulong found and not 0)
                {
                    return found;
                }
            }
        }

        return 0;
    }

    private int ReadValues(ulong frame, Span<ulong> values)
    {
        PythonReader python = reader.Python;
        if (!python.TryReadCode(frame, out CodeVariables? code)
            || !python.Memory.TryReadPointer(frame + (ulong)python.Layout.Frame.Code, out ulong address)
            || !python.Memory.TryRead((address & ~python.Layout.Frame.CodeTagMask) + (ulong)python.Layout.With.StackSize, out int size)
            || size <= 0)
        {
            return 0;
        }

        ulong first = frame + (ulong)python.Layout.Locals.FrameSlots + ((ulong)code.Count * sizeof(ulong));
        return python.Memory.Read(first, MemoryMarshal.AsBytes(values[..Math.Min(size, values.Length)])) / sizeof(ulong);
    }

    private ulong Match(ulong value, ulong semaphore)
    {
        value &= ~reader.Python.Layout.Locals.TagMask;
        if (value == 0)
        {
            return 0;
        }

        if (reader.Statements.TryReadBound(value, out ExitCall bound))
        {
            value = bound.Self;
        }

        return reader.Objects.OfSemaphore(value, semaphore);
    }
}
