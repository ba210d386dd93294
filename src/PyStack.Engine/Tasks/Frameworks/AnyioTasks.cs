using System.Collections.Generic;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Objects;

namespace PyStack.Engine.Tasks.Frameworks;

/// <summary>
/// The task groups of anyio on asyncio: which task has begun another one. anyio notes it beside asyncio's tasks, in <c>_task_states</c> (anyio/_backends/_asyncio.py), by the task's address. On trio its tasks
/// are in trio's nurseries.
/// </summary>
internal sealed class AnyioTasks : ITaskFramework
{
    public PyTaskKind Kind => PyTaskKind.Asyncio;

    public void Find(TaskSearch search)
    {
        // A weakref.WeakKeyDictionary: its attribute data is a dict with weak references as keys.
        if (!search.Objects.TryFindModule(search.Address, "anyio._backends._asyncio"u8, out ulong module)
            || !search.Objects.TryGetModuleDict(module, out ulong names)
            || !search.Objects.TryGetDictItem(names, "_task_states"u8, out ulong states)
            || !search.Objects.TryOpenDict(search.Values.Get(states, "data"u8), out DictEntries entries))
        {
            return;
        }

        Dictionary<ulong, ulong> parents = new(AddressHash.Comparer);
        AttributeReader parentId = new(search, "parent_id");
        while (search.Objects.TryNext(ref entries, out ulong reference, out ulong state))
        {
            search.Cancellation.ThrowIfCancellationRequested();
            if (search.Values.Number(parentId.Get(state)) is > 0 and long parent)
            {
                parents[search.Values.Referent(reference)] = (ulong)parent;
            }
        }

        foreach (RawTask task in search.Found)
        {
            if (task.Parent == 0 && parents.TryGetValue(task.Address, out ulong parent) && search.Has(parent))
            {
                task.Parent = parent;
            }
        }
    }
}
