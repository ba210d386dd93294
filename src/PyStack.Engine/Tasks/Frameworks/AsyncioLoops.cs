using System.Collections.Generic;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Frames;
using PyStack.Engine.Python.Objects;

namespace PyStack.Engine.Tasks.Frameworks;

/// <summary>Which thread runs an event loop. Thread states say which loop runs in them, whoever has written it; loops of asyncio say which thread they run in.</summary>
internal sealed class AsyncioLoops
{
    private readonly TaskSearch _search;
    private readonly Dictionary<ulong, ulong> _threads = new(AddressHash.Comparer);

    public AsyncioLoops(TaskSearch search, AsyncioObjects objects)
    {
        _search = search;
        foreach (RawThread thread in search.Threads)
        {
            ulong loop = objects.Layout is not { } at ? 0
                : at.ThreadLoop is int own ? objects.Field(thread.Address, own)
                : at.ThreadDict is int dict ? InDict(objects.Field(thread.Address, dict))
                : 0;
            if (loop != 0)
            {
                _threads[loop] = thread.Address;
            }
        }
    }

    /// <summary>The thread state that runs a loop; 0 if none does, and if that is not known.</summary>
    public ulong ThreadOf(ulong loop)
    {
        if (loop == 0)
        {
            return 0;
        }

        if (!_threads.TryGetValue(loop, out ulong thread))
        {
            thread = _search.FindThread((ulong)(_search.Values.Number(_search.Values.Get(loop, "_thread_id"u8)) ?? 0));
            _threads.Add(loop, thread);
        }

        return thread;
    }

    // The loop is the first field of an object of a type in C (PyRunningLoopHolder). It is only compared with the loops that tasks have.
    private ulong InDict(ulong dict)
        => _search.Objects.Is(dict, ObjectKind.Dict) && _search.Objects.TryGetDictItem(dict, "__asyncio_running_event_loop__"u8, out ulong holder)
            && _search.Memory.TryReadPointer(holder + (ulong)_search.Python.Layout.Object.VarSize, out ulong loop) ? loop : 0;
}
