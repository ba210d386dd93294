using PyStack.Engine.Memory;
using PyStack.Engine.Python.Layouts;
using PyStack.Engine.Python.Objects;

namespace PyStack.Engine.Tasks.Frameworks;

/// <summary>
/// The tasks of asyncio (Lib/asyncio/tasks.py, Modules/_asynciomodule.c). Where they are: to 3.13 in weak sets, which from 3.14 on have only those that were not written in C; those that
/// are in lists of threads and interpreters then.
/// </summary>
internal sealed class AsyncioFramework : ITaskFramework
{
    public PyTaskKind Kind => PyTaskKind.Asyncio;

    public void Find(TaskSearch search)
    {
        if (!TryFindModule(search, out ulong names, out ulong native, out AsyncioLayout? layoutOfModule))
        {
            return;
        }

        AsyncioObjects objects = new(search.Python, layoutOfModule);
        AsyncioTaskReader reader = new(search, objects, new AsyncioLoops(search, objects));
        int first = search.Count;
        AsyncioTaskSets sets = new(search);
        foreach (ulong task in sets.All(names, native))
        {
            reader.Add(task);
        }

        if (objects.Layout is { Node: not null } layout)
        {
            new AsyncioTaskLists(search, layout).AddAll(reader);
        }

        AsyncioAwaiters awaiters = new(search, objects);
        for (int i = first; i < search.Count; i++)
        {
            search.Cancellation.ThrowIfCancellationRequested();
            awaiters.Fill(search[i]);
        }
    }

    /// <summary>Finds the module <c>asyncio.tasks</c> of an interpreter.</summary>
    /// <param name="names">Its dict.</param>
    /// <param name="native">The type <c>_asyncio.Task</c>; 0 if there is none.</param>
    /// <param name="layout">Where its tasks have their fields; null if that is not known.</param>
    /// <returns>False if it has not been imported.</returns>
    public static bool TryFindModule(TaskSearch search, out ulong names, out ulong native, out AsyncioLayout? layout)
    {
        (names, native, layout) = (0, 0, null);
        if (!search.Objects.TryFindModule(search.Address, "asyncio.tasks"u8, out ulong module)
            || !search.Objects.Is(module, ObjectKind.Module)
            || !search.Objects.TryGetModuleDict(module, out names))
        {
            return false;
        }

        native = NativeTaskType(search);
        layout = LayoutOf(search, native);
        return true;
    }

    // The type that the module in C has under its own name, whatever a program has put into asyncio.
    private static ulong NativeTaskType(TaskSearch search)
        => search.Objects.TryFindModule(search.Address, "_asyncio"u8, out ulong module)
            && search.Objects.Is(module, ObjectKind.Module)
            && search.Objects.TryGetModuleDict(module, out ulong names)
            && search.Objects.TryGetDictItem(names, "Task"u8, out ulong task)
            && search.Objects.TryGetTypeAt(task, out TypeInfo type)
            && search.Objects.IsNamed(type, "_asyncio"u8, "Task"u8)
            ? task : 0;

    private static AsyncioLayout? LayoutOf(TaskSearch search, ulong native)
    {
        PythonLayout python = search.Python.Layout;
        if (python.Asyncio is not { } known || native == 0)
        {
            return python.Asyncio;
        }

        // tp_dealloc is after tp_basicsize and tp_itemsize (cpython/object.h): a function of the module that has the offsets.
        _ = search.Memory.TryReadPointer(native + (ulong)python.Values.TypeBasicSize + (2 * sizeof(ulong)), out ulong function);
        foreach (AsyncioDebugOffsets offsets in search.AsyncioOffsets)
        {
            if (offsets.Range.Contains(function) && offsets.Complete(known) is { } complete)
            {
                return complete;
            }
        }

        return known;
    }
}
