using System;
using System.Collections.Generic;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Code;
using PyStack.Engine.Python.Layouts;
using PyStack.Engine.Python.Objects;

namespace PyStack.Engine.Tasks.Frameworks;

/// <summary>What the callbacks are about that asyncio's own functions add to futures.</summary>
internal sealed class AsyncioCallbacks(TaskSearch search, AsyncioObjects objects)
{
    private const int MaxName = 64;

    /// <summary>
    /// Functions of asyncio's modules that are callbacks, and which of their free variables has what goes on: gather() and, to 3.7, shield() have <c>outer</c>, wait()
    /// <c>waiter</c>, as_completed() to 3.12 the queue <c>done</c>, staggered_race() <c>on_completed_fut</c>.
    /// </summary>
    private static readonly (string File, string Function, string Variable)[] Closures =
    [
        ("tasks.py", "_done_callback", "outer"),
        ("tasks.py", "_inner_done_callback", "outer"),
        ("tasks.py", "_on_completion", "waiter"),
        ("tasks.py", "_on_completion", "done"),
        ("staggered.py", "task_done", "on_completed_fut"),
        ("futures.py", "_call_set_state", "destination"),
    ];

    private readonly CodeVariablesReader _variables = new(search.Python.Layout, search.Python.Limits);

    // Of each code object how far from the end the free variable is; 0 for functions that are not known.
    private readonly Dictionary<ulong, int> _places = new(AddressHash.Comparer);
    private readonly Dictionary<ulong, CallbackKind> _kinds = new(AddressHash.Comparer);
    private readonly PythonLayout _layout = search.Python.Layout;

    private enum CallbackKind
    {
        Other,
        Wakeup,
        BuiltIn,
        Method,
        Partial,
        Function,
    }

    /// <summary>The task that a callback wakes up, or the future or queue that it gives the result to; 0 if it is none of asyncio's.</summary>
    public ulong TargetOf(ulong callback) => KindOf(callback) switch
    {
        // To 3.9 a type of its own, whose first field is the task; later a function that is bound to it; in Python a method.
        CallbackKind.Wakeup => First(callback),
        CallbackKind.BuiltIn => OfBuiltIn(callback),
        CallbackKind.Method => OfMethod(callback),
        CallbackKind.Partial => OfPartial(callback),
        CallbackKind.Function => OfFunction(callback),
        _ => 0,
    };

    private CallbackKind KindOf(ulong callback)
    {
        if (!search.Objects.TryGetType(callback, out TypeInfo type))
        {
            return CallbackKind.Other;
        }

        if (!_kinds.TryGetValue(type.Address, out CallbackKind kind))
        {
            Span<byte> buffer = stackalloc byte[MaxName];
            ReadOnlySpan<byte> name = search.Objects.ReadTypeName(type, buffer);
            kind = type.Kind == ObjectKind.Function ? CallbackKind.Function
                : type.Kind == ObjectKind.BuiltInFunction ? CallbackKind.BuiltIn
                : type.Kind == ObjectKind.Partial && type.IsExact ? CallbackKind.Partial
                : type.IsHeapType ? CallbackKind.Other
                : name.SequenceEqual("method"u8) ? CallbackKind.Method
                : name.SequenceEqual("TaskWakeupMethWrapper"u8) ? CallbackKind.Wakeup
                : CallbackKind.Other;
            _kinds.Add(type.Address, kind);
        }

        return kind;
    }

    private ulong OfBuiltIn(ulong callback)
    {
        Span<byte> buffer = stackalloc byte[MaxName];
        return search.Objects.TryGetBuiltIn(callback, buffer, out ReadOnlySpan<byte> name, out ulong self) && name.SequenceEqual("task_wakeup"u8) ? self : 0;
    }

    // PyMethodObject: im_func, im_self.
    private ulong OfMethod(ulong method)
    {
        if (!search.Values.TryReadField(method, sizeof(ulong), out ulong self))
        {
            return 0;
        }

        return objects.KindOf(self) is AsyncioKind.NativeTask or AsyncioKind.PythonTask ? IsWakeup(First(method)) ? self : 0
            : search.Values.IsInstance(self, "asyncio.taskgroups.TaskGroup") ? objects.Attribute(self, "_parent_task"u8)
            : search.Values.IsInstance(self, "asyncio.tasks._AsCompletedIterator") ? objects.Attribute(self, "_done"u8)
            : 0;
    }

    // Task._wakeup in 3.6, later Task.__wakeup.
    private bool IsWakeup(ulong function)
        => search.Objects.Is(function, ObjectKind.Function)
            && search.Memory.TryReadPointer(function + (ulong)_layout.Locks.FunctionCode, out ulong code)
            && search.Memory.TryReadPointer(code + (ulong)_layout.Code.Name, out ulong name)
            && (search.Objects.IsText(name, "__wakeup"u8) || search.Objects.IsText(name, "_wakeup"u8));

    // wait_for() to 3.11: partial(_release_waiter, waiter). gather() in 3.6: partial(_done_callback, i).
    private ulong OfPartial(ulong partial)
    {
        if (!search.Objects.TryGetPartial(partial, out ulong function, out ItemRange arguments, out _) || !search.Objects.Is(function, ObjectKind.Function))
        {
            return 0;
        }

        return OfFunction(function) is ulong target and not 0 ? target
            : search.Objects.TryReadItem(arguments, 0, out ulong waiter) && objects.KindOf(waiter) is AsyncioKind.NativeFuture or AsyncioKind.PythonFuture && IsOf(function, "tasks.py", "_release_waiter") ? waiter
            : 0;
    }

    private ulong OfFunction(ulong function)
    {
        if (!search.Memory.TryReadPointer(function + (ulong)_layout.Locks.FunctionCode, out ulong code))
        {
            return 0;
        }

        if (!_places.TryGetValue(code, out int place))
        {
            _places.Add(code, place = FindPlace(function, code));
        }

        return place != 0
            && search.Memory.TryReadPointer(function + (ulong)_layout.Values.FunctionClosure, out ulong closure)
            && search.Objects.Is(closure, ObjectKind.Tuple)
            && search.Objects.TryGetItems(closure, out ItemRange cells)
            && search.Objects.TryReadItem(cells, cells.Count - place, out ulong cell)
            && search.Objects.TryGetCellContent(cell, out ulong content)
            ? objects.NotNone(content) : 0;
    }

    // The free variables are the last of a code's names, in the order of the closure's cells.
    private int FindPlace(ulong function, ulong code)
    {
        foreach ((string file, string name, string variable) in Closures)
        {
            if (IsOf(function, file, name) && _variables.Read(search.Memory, code) is { } variables)
            {
                int index = Array.LastIndexOf(variables.Names, variable);
                if (index >= 0)
                {
                    return variables.Names.Length - index;
                }
            }
        }

        return 0;
    }

    private bool IsOf(ulong function, string file, string name)
        => search.Memory.TryReadPointer(function + (ulong)_layout.Locks.FunctionCode, out ulong code)
            && search.Memory.TryReadPointer(code + (ulong)_layout.Code.Name, out ulong nameAt)
            && search.Objects.TryReadText(nameAt, out string foundName) && foundName == name
            && search.Memory.TryReadPointer(code + (ulong)_layout.Code.FileName, out ulong fileAt)
            && search.Objects.TryReadText(fileAt, out string foundFile) && foundFile.EndsWith("asyncio/" + file, StringComparison.Ordinal);

    private ulong First(ulong callback) => search.Values.TryReadField(callback, 0, out ulong field) ? field : 0;
}
