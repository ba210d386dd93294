using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using PyStack.Engine.Memory;
using PyStack.Engine.Python.Objects;

namespace PyStack.Engine.Tasks.Frameworks;

/// <summary>The sets and dicts of asyncio that have tasks.</summary>
internal sealed class AsyncioTaskSets(TaskSearch search)
{
    /// <summary>Around its type, the variables of the module <c>_asyncio</c> of 3.6: it has 11 KB of data.</summary>
    private const int NearBytes = 16 << 10;

    private const int PageBytes = 4096;

    /// <summary>Before and after the variable of the set, words in which that of the dict is.</summary>
    private const int NearWords = 16;

    /// <summary>Dicts that <see cref="CurrentTasks"/> gives at most.</summary>
    public const int MaxDicts = 4;

    /// <summary>What may be a task, some more than once.</summary>
    /// <param name="names">The dict of <c>asyncio.tasks</c>.</param>
    /// <param name="native">The type <c>_asyncio.Task</c>; 0 if there is none.</param>
    public List<ulong> All(ulong names, ulong native)
    {
        List<ulong> found = [];
        if (search.Python.Runtime.Version.Minor == 6)
        {
            // There Task has a set of its own, in C as a variable without a name.
            AddWeak(search.Memory.TryReadPointer(PlaceOf(native), out ulong tasks) ? tasks : 0, found);
            AddWeak(OfClass(names, "_PyTask"u8, "_all_tasks"u8), found);
            AddWeak(OfClass(names, "Task"u8, "_all_tasks"u8), found);
            return found;
        }

        // 3.7 to 3.11; from 3.12 on both of the others.
        AddWeak(Item(names, "_all_tasks"u8), found);
        AddWeak(Item(names, "_scheduled_tasks"u8), found);
        AddSet(Item(names, "_eager_tasks"u8), isWeak: false, found);
        AddValues(Item(names, "_current_tasks"u8), found);
        return found;
    }

    /// <summary>The dicts that have the running task of each loop; in 3.6 also other ones, of which none has a task.</summary>
    /// <inheritdoc cref="All"/>
    public List<ulong> CurrentTasks(ulong names, ulong native)
    {
        List<ulong> found = [];
        if (search.Python.Runtime.Version.Minor == 6)
        {
            AddDictsNear(PlaceOf(native), found);
            AddDict(OfClass(names, "_PyTask"u8, "_current_tasks"u8), found);
            AddDict(OfClass(names, "Task"u8, "_current_tasks"u8), found);
        }
        else
        {
            AddDict(Item(names, "_current_tasks"u8), found);
        }

        return found;
    }

    private void AddDict(ulong dict, List<ulong> found)
    {
        if (dict != 0 && found.Count < MaxDicts && search.Objects.Is(dict, ObjectKind.Dict) && !found.Contains(dict))
        {
            found.Add(dict);
        }
    }

    // current_tasks is declared beside all_tasks (Modules/_asynciomodule.c of 3.6).
    private void AddDictsNear(ulong place, List<ulong> found)
    {
        Span<ulong> words = stackalloc ulong[2 * NearWords];
        if (place >= NearWords * sizeof(ulong) && search.Memory.TryRead(place - (NearWords * sizeof(ulong)), MemoryMarshal.AsBytes(words)))
        {
            foreach (ulong word in words)
            {
                if (word >= PageBytes && word % sizeof(ulong) == 0 && found.Count < MaxDicts - 2)
                {
                    AddDict(word, found);
                }
            }
        }
    }

    private ulong Item(ulong names, ReadOnlySpan<byte> name) => search.Objects.TryGetDictItem(names, name, out ulong value) ? value : 0;

    private ulong OfClass(ulong names, ReadOnlySpan<byte> name, ReadOnlySpan<byte> attribute)
        => search.Objects.TryGetTypeAt(Item(names, name), out TypeInfo type) && search.Objects.TryGetClassAttribute(type, attribute, out ulong value) ? value : 0;

    // A weakref.WeakSet: its attribute data is a set of weak references.
    private void AddWeak(ulong weak, List<ulong> found)
    {
        if (search.Values.IsInstance(weak, "_weakrefset.WeakSet"))
        {
            AddSet(search.Values.Get(weak, "data"u8), isWeak: true, found);
        }
    }

    private void AddSet(ulong set, bool isWeak, List<ulong> found)
    {
        search.Watch();
        if (search.Objects.Is(set, ObjectKind.Set) && search.Objects.TryOpenSet(set, out SetItems items))
        {
            long count = 0;
            while (found.Count < search.Options.MaxTasks && search.Objects.TryNext(ref items, out ulong item))
            {
                Add(isWeak ? search.Values.Referent(item) : item, found);
                count++;
            }

            // While it gets another table (Objects/setobject.c, set_table_resize), a set has fewer items than it says.
            search.IsTruncated |= count < items.Count;
        }

        search.IsTruncated |= search.IsDoubtful;
    }

    // By their loops: those that run.
    private void AddValues(ulong dict, List<ulong> found)
    {
        int budget = search.Options.MaxTasks;
        if (search.Objects.Is(dict, ObjectKind.Dict) && search.Objects.TryOpenDict(dict, out DictEntries entries))
        {
            while (entries.TryNext(ref budget, out _, out ulong task))
            {
                Add(task, found);
            }
        }
    }

    private static void Add(ulong task, List<ulong> found)
    {
        if (task != 0)
        {
            found.Add(task);
        }
    }

    // 3.6 has the set in a static variable, all_tasks, of a library that is stripped as a rule: it is the only weak set that the library's data refers to. The type is static there,
    // so that it is in the same data. Its own pages, those after it, then those before it.
    private ulong PlaceOf(ulong type)
    {
        ulong own = type & ~(PageBytes - 1ul);
        for (ulong page = own; type != 0 && page < own + NearBytes; page += PageBytes)
        {
            if (FindWeakSet(page) is ulong found and not 0)
            {
                return found;
            }
        }

        for (ulong page = own - PageBytes; type != 0 && page >= own - NearBytes; page -= PageBytes)
        {
            if (FindWeakSet(page) is ulong found and not 0)
            {
                return found;
            }
        }

        return 0;
    }

    private ulong FindWeakSet(ulong page)
    {
        Span<ulong> words = stackalloc ulong[PageBytes / sizeof(ulong)];
        ulong place = page;
        if (search.Memory.TryRead(page, MemoryMarshal.AsBytes(words)))
        {
            foreach (ulong word in words)
            {
                if (word >= PageBytes && search.Values.IsInstance(word, "_weakrefset.WeakSet"))
                {
                    return place;
                }

                place += sizeof(ulong);
            }
        }

        return 0;
    }
}
