using System;
using System.Globalization;
using PyStack.Engine.Memory;
using PyStack.Engine.Python.Layouts;
using PyStack.Engine.Python.Objects;

namespace PyStack.Engine.Waits.Reasons;

/// <summary>How many tasks a loop has, in words. Nothing is looked at but how long their sets and lists are.</summary>
internal static class LoopTasks
{
    /// <summary>Tasks in a list that are counted: it has no length.</summary>
    private const int MaxListed = 100;

    /// <summary>The tasks of all asyncio loops of the interpreter, or from 3.14 on of the thread; null where there are none or their sets have no name (3.6).</summary>
    /// <param name="index">The frame of <c>BaseEventLoop._run_once()</c>, whose module has <c>asyncio.tasks</c> among its names.</param>
    public static string? OfAsyncio(PythonWait wait, int index)
    {
        ObjectReader objects = wait.Python.Objects;
        if (wait.Python.Layout.Asyncio is AsyncioLayout { ThreadTasks: int head } && CountList(wait, wait.Stack.Thread.Address + (ulong)head) is > 0 and int listed)
        {
            return listed >= MaxListed ? Words(listed, " or more") : Words(listed, "");
        }

        return wait.Python.Memory.TryReadPointer(wait.Stack[index].Address + (ulong)wait.Python.Layout.Locals.FrameGlobals, out ulong globals)
            && objects.TryGetDictItem(globals, "tasks"u8, out ulong module)
            && objects.Is(module, ObjectKind.Module)
            && objects.TryGetModuleDict(module, out ulong names)
            && Math.Max(Count(wait, names, "_all_tasks"u8), Count(wait, names, "_scheduled_tasks"u8)) is > 0 and long count
                ? Words(count, "") : null;
    }

    /// <summary>In words: <c>12 tasks</c>; null for none.</summary>
    public static string? Words(long? count, string more) => count is > 0 ? string.Create(CultureInfo.InvariantCulture, $"{count}{more} task{(count == 1 ? "" : "s")}") : null;

    // A weakref.WeakSet; those that have ended and are still referred to are in it as well.
    private static long Count(PythonWait wait, ulong names, ReadOnlySpan<byte> name)
        => wait.Python.Objects.TryGetDictItem(names, name, out ulong weak) && wait.Values.IsInstance(weak, "_weakrefset.WeakSet") ? wait.Values.Count(wait.Values.Get(weak, "data"u8)) ?? 0 : 0;

    // A circle of nodes (internal/pycore_llist.h): next, prev.
    private static int CountList(PythonWait wait, ulong head)
    {
        int count = 0;
        ulong node = head;
        while (count < MaxListed && wait.Python.Memory.TryReadPointer(node, out ulong next) && next != 0 && next != head)
        {
            node = next;
            count++;
        }

        return count;
    }
}
