using System;
using System.Runtime.InteropServices;
using PyStack.Engine.Python.Code;
using PyStack.Engine.Python.Objects;

namespace PyStack.Engine.Waits.Reasons;

/// <summary>
/// Waits in functions that were written in C and have no frame: the object is in the frame that called them, in a variable, among the values on its stack or in an attribute of one of these. What is
/// found counts only if the object itself has what the thread sleeps on.
/// </summary>
internal static class CallerReader
{
    private const int MaxStackValues = 16;
    private const int MaxVariables = 32;
    private const int MaxAttributes = 64;
    private const int MaxBuiltInName = 64;

    public static WaitReason? Read(PythonWait wait)
    {
        if (wait.Kernel.Kind != PyWaitKind.Futex || wait.Stack.Count == 0)
        {
            return null;
        }

        Span<ulong> values = stackalloc ulong[MaxStackValues];
        foreach (ulong value in values[..ReadStack(wait, values)])
        {
            if (Match(wait, value) is WaitReason found)
            {
                return found;
            }
        }

        int left = MaxVariables;
        foreach ((_, ulong value) in wait.Stack.Variables(0))
        {
            if (--left < 0)
            {
                break;
            }

            if ((Match(wait, value) ?? MatchAttributes(wait, value)) is WaitReason found)
            {
                return found;
            }
        }

        return null;
    }

    // Values that were left on it are there as well: they are examined like the others.
    private static int ReadStack(PythonWait wait, Span<ulong> values)
    {
        PythonReader python = wait.Python;
        ulong frame = wait.Stack[0].Address;
        if (!python.TryReadCode(frame, out CodeVariables? code))
        {
            return 0;
        }

        int count = python.Memory.Read(frame + (ulong)python.Layout.Locals.FrameSlots + ((ulong)code.Count * sizeof(ulong)), MemoryMarshal.AsBytes(values)) / sizeof(ulong);
        foreach (ref ulong value in values[..count])
        {
            value &= ~python.Layout.Locals.TagMask;
        }

        return count;
    }

    private static WaitReason? Match(PythonWait wait, ulong value)
    {
        if (value == 0 || !wait.Python.Objects.TryGetType(value, out TypeInfo type))
        {
            return null;
        }

        if (type.Kind == ObjectKind.BuiltInFunction || (type.Kind == ObjectKind.Other && wait.Python.Objects.IsNamed(type, "builtins"u8, "builtin_method"u8)))
        {
            Span<byte> name = stackalloc byte[MaxBuiltInName];
            if (!wait.Python.Objects.TryGetBuiltIn(value, name, out _, out value) || value == 0)
            {
                return null;
            }
        }

        return SimpleQueues.IsWaitedFor(wait, value) ? wait.Because(PyWaitKind.Queue, "get from", value, "queue.SimpleQueue (empty)") : SharedLocks.Read(wait, value);
    }

    private static WaitReason? MatchAttributes(PythonWait wait, ulong value)
    {
        ObjectReader objects = wait.Python.Objects;
        if (!objects.TryGetType(value, out TypeInfo type) || type.Kind != ObjectKind.Other || !objects.TryOpenAttributes(value, type, out DictEntries attributes))
        {
            return null;
        }

        for (int i = 0; i < MaxAttributes && objects.TryNext(ref attributes, out _, out ulong attribute); i++)
        {
            if (Match(wait, attribute) is WaitReason found)
            {
                return found;
            }
        }

        return null;
    }
}
