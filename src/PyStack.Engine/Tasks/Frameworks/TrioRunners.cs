using System.Collections.Generic;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Frames;
using PyStack.Engine.Python.Objects;

namespace PyStack.Engine.Tasks.Frameworks;

/// <summary>
/// Finds what each <c>trio.run()</c> of an interpreter has, its <c>Runner</c>: in the frames of the threads that are in it, which says the thread, too, and in the thread-local variable of trio, which has also
/// those that are guests of another event loop.
/// </summary>
internal static class TrioRunners
{
    /// <summary>Not exported by the package, so its module is its own in all versions.</summary>
    private const string Runner = "trio._core._run.Runner";

    // localobject (Modules/_threadmodule.c), words after the head: to 3.12 key, args, kw, weakreflist, dummies; from 3.13 args, kw, weakreflist, localdicts. The last is a dict whose values are the
    // dicts of the threads; what is in its place in the other is a weak reference or a set.
    private const int LocalDicts = 3 * sizeof(ulong);
    private const int OldLocalDicts = 4 * sizeof(ulong);

    /// <summary>The runners with the thread state that each was seen in; 0 if it was in none.</summary>
    /// <param name="names">The dict of trio._core._run.</param>
    public static Dictionary<ulong, ulong> Find(TaskSearch search, ulong names)
    {
        Dictionary<ulong, ulong> runners = new(AddressHash.Comparer);
        foreach (RawThread thread in search.Threads)
        {
            for (int i = 0; i < thread.FrameCount; i++)
            {
                // In run() and unrolled_run().
                if (search.Python.TryGetVariable(search.FrameOf(thread, i).Address, "runner", out ulong runner) && search.Values.IsInstance(runner, Runner))
                {
                    runners[runner] = thread.Address;
                }
            }
        }

        if (search.Objects.TryGetDictItem(names, "GLOBAL_RUN_CONTEXT"u8, out ulong context) && search.Values.IsInstance(context, "_thread._local"))
        {
            AddLocal(search, context, LocalDicts, runners);
            AddLocal(search, context, OldLocalDicts, runners);
        }

        return runners;
    }

    private static void AddLocal(TaskSearch search, ulong context, int place, Dictionary<ulong, ulong> runners)
    {
        if (!search.Values.TryReadField(context, place, out ulong dicts) || dicts == 0 || !search.Objects.Is(dicts, ObjectKind.Dict) || !search.Objects.TryOpenEntries(dicts, out DictEntries entries))
        {
            return;
        }

        while (search.Objects.TryNext(ref entries, out _, out ulong own))
        {
            if (search.Objects.Is(own, ObjectKind.Dict) && search.Objects.TryGetDictItem(own, "runner"u8, out ulong runner) && search.Values.IsInstance(runner, Runner))
            {
                runners.TryAdd(runner, 0);
            }
        }
    }
}
