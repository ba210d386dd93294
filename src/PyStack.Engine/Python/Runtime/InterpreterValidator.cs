using System;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Frames;
using PyStack.Engine.Python.Layouts;

namespace PyStack.Engine.Python.Runtime;

/// <summary>
/// Decides whether an address is an initialised <c>_PyRuntime</c> (to 3.6: <c>interp_head</c>): one of its interpreters has a thread list that is mapped, the
/// thread points back to it, and its modules, sysdict and builtins are dicts.
/// </summary>
internal static class InterpreterValidator
{
    /// <summary>Py_TPFLAGS_DICT_SUBCLASS (Include/object.h; the same bit since 2.6).</summary>
    private const ulong DictSubclass = 1UL << 29;

    /// <summary>tp_name of PyDict_Type (Objects/dictobject.c) and the zero after it.</summary>
    private static ReadOnlySpan<byte> DictName => "dict\0"u8;

    /// <param name="problem">What is wrong, as the end of a sentence about the runtime.</param>
    public static bool IsAlive(IMemorySource memory, ulong runtime, PythonLayout layout, out string problem)
    {
        if (!memory.TryReadPointer(runtime + (ulong)layout.Runtime.InterpretersHead, out ulong interpreter))
        {
            problem = "cannot be read";
            return false;
        }

        if (interpreter == 0)
        {
            problem = "has no interpreter: Python is not initialised, or has ended";
            return false;
        }

        // The newest interpreter comes first, and an idle one has no thread: any valid one is enough.
        CycleGuard guard = default;
        problem = "";
        for (int i = 0; i < Limits.Default.Interpreters && interpreter != 0 && guard.TryStep(interpreter); i++)
        {
            if (IsInterpreter(memory, interpreter, layout, out problem))
            {
                return true;
            }

            if (!memory.TryReadPointer(interpreter + (ulong)layout.Interpreter.Next, out interpreter))
            {
                break;
            }
        }

        return false;
    }

    /// <summary>Whether an interpreter is at an address.</summary>
    public static bool IsInterpreter(IMemorySource memory, ulong interpreter, PythonLayout layout, out string problem)
    {
        InterpreterLayout at = layout.Interpreter;
        if (!memory.TryReadPointer(interpreter + (ulong)at.ThreadsHead, out ulong thread)
            || !memory.TryReadPointer(thread + (ulong)layout.Thread.Interpreter, out ulong back)
            || back != interpreter)
        {
            problem = $"has an interpreter at 0x{interpreter:x} whose thread list does not lead back to it";
            return false;
        }

        if (!IsDict(memory, interpreter + (ulong)at.Modules, layout.Object)
            || !IsDict(memory, interpreter + (ulong)at.SysDict, layout.Object)
            || !IsDict(memory, interpreter + (ulong)at.Builtins, layout.Object))
        {
            problem = $"has an interpreter at 0x{interpreter:x} without modules, sys or builtins: it starts up or shuts down";
            return false;
        }

        problem = "";
        return true;
    }

    // The flag is only one bit, which any memory may have set; the name identifies the type.
    private static bool IsDict(IMemorySource memory, ulong slot, ObjectLayout layout)
    {
        Span<byte> typeName = stackalloc byte[DictName.Length];
        return memory.TryReadPointer(slot, out ulong value)
            && memory.TryReadPointer(value + (ulong)layout.Type, out ulong type)
            && memory.TryRead(type + (ulong)layout.TypeFlags, out ulong flags)
            && (flags & DictSubclass) != 0
            && memory.TryReadPointer(type + (ulong)layout.TypeName, out ulong name)
            && memory.TryRead(name, typeName)
            && typeName.SequenceEqual(DictName);
    }
}
