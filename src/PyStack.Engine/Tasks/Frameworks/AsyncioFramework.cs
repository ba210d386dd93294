using System.Collections.Generic;
using PyStack.Engine.Python.Objects;

namespace PyStack.Engine.Tasks.Frameworks;

/// <summary>The tasks of asyncio: those of its weak sets of all tasks (Lib/asyncio/tasks.py).</summary>
internal sealed class AsyncioFramework : ITaskFramework
{
    public PyTaskKind Kind => PyTaskKind.Asyncio;

    public void Find(TaskSearch search)
    {
        if (!search.Objects.TryFindModule(search.Address, "asyncio.tasks"u8, out ulong module) || !search.Objects.TryGetModuleDict(module, out ulong names))
        {
            return;
        }

        AsyncioTaskReader reader = new(search);
        foreach (ulong task in WeakItems(search, names, "_all_tasks"u8))
        {
            reader.Add(task);
        }

        foreach (ulong task in WeakItems(search, names, "_scheduled_tasks"u8))
        {
            reader.Add(task);
        }
    }

    // A weakref.WeakSet: its attribute data is a set of weak references.
    private static List<ulong> WeakItems(TaskSearch search, ulong names, System.ReadOnlySpan<byte> name)
    {
        List<ulong> found = [];
        if (search.Objects.TryGetDictItem(names, name, out ulong weak)
            && search.Objects.TryGetAttribute(weak, "data"u8, out ulong data)
            && search.Objects.TryOpenSet(data, out SetItems items))
        {
            while (search.HasRoom && search.Objects.TryNext(ref items, out ulong reference))
            {
                if (search.Values.Referent(reference) is ulong task and not 0)
                {
                    found.Add(task);
                }
            }
        }

        return found;
    }
}
