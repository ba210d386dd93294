using System.Collections.Generic;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Layouts;
using PyStack.Engine.Python.Objects;
using PyStack.Engine.Waits.Reasons;

namespace PyStack.Engine.Tasks.Frameworks;

/// <summary>What an object is for asyncio.</summary>
internal enum AsyncioKind
{
    /// <summary>No future.</summary>
    Other,

    /// <summary>A <c>_asyncio.Future</c>: its fields are in a struct. Also one of a class that inherits from it.</summary>
    NativeFuture,

    /// <summary>A <c>_asyncio.Task</c>, the same.</summary>
    NativeTask,

    /// <summary>A future of <c>asyncio.futures</c>: its fields are attributes.</summary>
    PythonFuture,

    /// <summary>A task of <c>asyncio.tasks</c>, the same.</summary>
    PythonTask,
}

/// <summary>The futures and tasks of one interpreter, which of both kinds they may be: those written in C and those written in Python.</summary>
internal sealed class AsyncioObjects(PythonReader python, AsyncioLayout? layout)
{
    // By their types: many tasks have few.
    private readonly Dictionary<ulong, AsyncioKind> _kinds = new(AddressHash.Comparer);
    private readonly ulong _typeOffset = (ulong)python.Layout.Object.Type;
    private ulong _none;

    /// <summary>Where the fields of those in C are; null if the version's are not known.</summary>
    public AsyncioLayout? Layout => layout;

    public AsyncioKind KindOf(ulong address)
    {
        if (address == 0 || address % sizeof(ulong) != 0 || !python.Memory.TryReadPointer(address + _typeOffset, out ulong type))
        {
            return AsyncioKind.Other;
        }

        if (!_kinds.TryGetValue(type, out AsyncioKind kind))
        {
            _kinds.Add(type, kind = Classify(type));
        }

        return kind;
    }

    /// <summary>A field of a struct; 0 for null and None.</summary>
    public ulong Field(ulong address, int? offset) => offset is int at && python.Memory.TryReadPointer(address + (ulong)at, out ulong value) ? NotNone(value) : 0;

    /// <summary>An attribute of an instance; 0 for none, and for None.</summary>
    public ulong Attribute(ulong address, System.ReadOnlySpan<byte> name)
        => python.Objects.TryGetType(address, out TypeInfo type) && python.Objects.TryGetInstanceAttribute(address, type, name, out ulong value) ? NotNone(value) : 0;

    /// <summary>The object, or 0 for None.</summary>
    public ulong NotNone(ulong value)
    {
        if (value == 0 || value == _none)
        {
            return 0;
        }

        if (_none == 0 && python.Values.IsNone(value))
        {
            _none = value;
            return 0;
        }

        return value;
    }

    private AsyncioKind Classify(ulong address)
    {
        AsyncioKind kind = AsyncioKind.Other;
        if (!python.Objects.TryGetTypeAt(address, out TypeInfo type) || !python.Objects.TryGetBases(type, out ItemRange bases))
        {
            return kind;
        }

        // A class may have several bases, and a task is a future: the most special counts.
        for (int i = 0; i < bases.Count && kind is not (AsyncioKind.NativeTask or AsyncioKind.PythonTask); i++)
        {
            if (!python.Objects.TryReadItem(bases, i, out ulong one) || !python.Objects.TryGetTypeAt(one, out TypeInfo info))
            {
                continue;
            }

            kind = python.Objects.IsNamed(info, "_asyncio"u8, "Task"u8) && IsAsLaidOut(one) ? AsyncioKind.NativeTask
                : python.Objects.IsNamed(info, "asyncio.tasks"u8, "Task"u8) ? AsyncioKind.PythonTask
                : kind != AsyncioKind.Other ? kind
                : python.Objects.IsNamed(info, "_asyncio"u8, "Future"u8) && layout is not null ? AsyncioKind.NativeFuture
                : python.Objects.IsNamed(info, "asyncio.futures"u8, "Future"u8) ? AsyncioKind.PythonFuture
                : kind;
        }

        return kind;
    }

    // Another size is another struct: one of a release that nobody has measured, or a class of the program's that has the name.
    private bool IsAsLaidOut(ulong type)
        => layout is not null && python.Memory.TryRead(type + (ulong)python.Layout.Values.TypeBasicSize, out long size) && size == layout.Size;
}
