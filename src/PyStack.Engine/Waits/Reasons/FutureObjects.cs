using System;
using System.Collections.Generic;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Layouts;
using PyStack.Engine.Python.Objects;

namespace PyStack.Engine.Waits.Reasons;

/// <summary>Reads the futures of asyncio, tasks included: those that are written in C (<c>_asyncio.Future</c>), and those in Python (<c>asyncio.futures.Future</c>).</summary>
internal sealed class FutureObjects(PythonReader python)
{
    private const string NativeFuture = "_asyncio.Future";
    private const string PythonFuture = "asyncio.futures.Future";

    /// <summary>Callbacks of one future that are looked at.</summary>
    private const int MaxCallbacks = 16;

    // PyMethodObject (cpython/classobject.h): im_func and im_self follow the head.
    private const int MethodSelf = sizeof(ulong);

    private readonly AsyncioLayout? _at = python.Layout.Asyncio;

    // By the addresses of their types.
    private readonly Dictionary<ulong, FutureKind> _kinds = new(AddressHash.Comparer);

    private enum FutureKind
    {
        None,
        Native,
        Python,
    }

    /// <summary>Whether an object is a future.</summary>
    public bool IsFuture(ulong address) => KindOf(address) != FutureKind.None;

    /// <summary>Whether a future has no result yet; null if that is not known.</summary>
    public bool? IsPending(ulong future)
        => IsNative(future) ? python.Memory.TryRead(future + (ulong)_at!.State, out int state) ? state == 0 : null
            : KindOf(future) == FutureKind.Python && python.Values.Text(python.Values.Get(future, "_state"u8)) is string text ? text == "PENDING" : null;

    /// <summary>What is called when a future has its result: the first of the callbacks.</summary>
    public List<ulong> Callbacks(ulong future)
    {
        List<ulong> found = [];
        ulong list;
        if (IsNative(future))
        {
            if (_at!.FirstCallback is int first && python.Memory.TryReadPointer(future + (ulong)first, out ulong callback) && !python.Values.IsNone(callback))
            {
                found.Add(callback);
            }

            _ = python.Memory.TryReadPointer(future + (ulong)_at.Callbacks, out list);
        }
        else
        {
            list = KindOf(future) == FutureKind.Python ? python.Values.Get(future, "_callbacks"u8) : 0;
        }

        foreach (ulong item in python.Values.Items(list, MaxCallbacks))
        {
            // From 3.7 on with its context.
            found.Add(python.Objects.Is(item, ObjectKind.Tuple) ? python.Values.First(item) : item);
        }

        return found;
    }

    /// <summary>The event loop of a future; 0 if it is not known.</summary>
    public ulong LoopOf(ulong future)
        => IsNative(future) ? python.Memory.TryReadPointer(future + (ulong)_at!.Loop, out ulong loop) ? loop : 0 : python.Values.Get(future, "_loop"u8);

    /// <summary>Whether a future is a task.</summary>
    public bool IsTask(ulong address) => python.Values.IsInstance(address, "_asyncio.Task") || python.Values.IsInstance(address, "asyncio.tasks.Task");

    /// <summary>Where a future was created, in debug mode: a <c>traceback.StackSummary</c>; 0 or None else.</summary>
    public ulong SourceOf(ulong future)
        => IsNative(future) ? python.Memory.TryReadPointer(future + (ulong)_at!.SourceTraceback, out ulong source) ? source : 0 : python.Values.Get(future, "_source_traceback"u8);

    /// <summary>The variable of a callback that is a function inside of another one, by both names; 0 if a future has no such callback.</summary>
    /// <param name="callback">The end of the inner function's qualified name: <c>&lt;locals&gt;.</c> and its own.</param>
    public ulong CallbackVariable(ulong future, string callback, string variable)
    {
        foreach (ulong one in Callbacks(future))
        {
            if (VariableOf(one, callback, variable) is ulong value and not 0)
            {
                return value;
            }
        }

        return 0;
    }

    /// <summary>The same of one function.</summary>
    public ulong VariableOf(ulong function, string name, string variable)
        => python.Objects.Is(function, ObjectKind.Function)
            && python.Objects.TryGetFunctionName(function, out ulong text)
            && python.Objects.TryReadText(text, out string qualified)
            && qualified.EndsWith(name, StringComparison.Ordinal)
                ? python.ReadFreeVariable(function, variable) : 0;

    /// <summary>What a bound method is bound to; 0 if an object is none.</summary>
    public ulong SelfOf(ulong method)
    {
        if (method == 0 || !python.Objects.TryGetType(method, out TypeInfo type))
        {
            return 0;
        }

        Span<byte> buffer = stackalloc byte[32];
        return type.Kind == ObjectKind.BuiltInFunction || python.Objects.IsNamed(type, "builtins"u8, "builtin_method"u8) ? python.Objects.TryGetBuiltIn(method, buffer, out _, out ulong bound) ? bound : 0
            : !type.IsHeapType && python.Objects.ReadTypeName(type, buffer).SequenceEqual("method"u8) && python.Values.TryReadField(method, MethodSelf, out ulong self) ? self : 0;
    }

    private bool IsNative(ulong address) => _at is not null && KindOf(address) == FutureKind.Native;

    private FutureKind KindOf(ulong address)
    {
        if (address == 0 || !python.Objects.TryGetType(address, out TypeInfo type))
        {
            return FutureKind.None;
        }

        if (!_kinds.TryGetValue(type.Address, out FutureKind kind))
        {
            kind = python.Values.IsInstance(address, NativeFuture) ? FutureKind.Native : python.Values.IsInstance(address, PythonFuture) ? FutureKind.Python : FutureKind.None;
            _kinds.Add(type.Address, kind);
        }

        return kind;
    }
}
