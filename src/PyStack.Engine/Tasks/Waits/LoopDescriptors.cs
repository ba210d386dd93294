using System.Collections.Generic;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Objects;
using PyStack.Engine.Waits.Reasons;

namespace PyStack.Engine.Tasks.Waits;

/// <summary>
/// Which descriptors futures wait for: by what event loops have told their selectors to call (Lib/asyncio/selector_events.py: of each descriptor a handle for reading and one for writing). Read once for each
/// loop, when the first future is asked for that says nothing else.
/// </summary>
internal sealed class LoopDescriptors(PythonReader python, FutureObjects futures)
{
    /// <summary>Descriptors of one loop that are looked at.</summary>
    private const int MaxDescriptors = 100_000;

    private const int MaxArguments = 4;

    /// <summary>Of a selectors.SelectorKey: fileobj, fd, events, data.</summary>
    private const int KeyItems = 4;

    private readonly Dictionary<ulong, Dictionary<ulong, (int Descriptor, bool IsWrite)>> _loops = new(AddressHash.Comparer);

    /// <summary>The descriptor that has to become ready for a future to get its result, and whether to be written; null if there is none.</summary>
    public (int Descriptor, bool IsWrite)? Find(ulong loop, ulong future)
    {
        if (loop == 0 || future == 0)
        {
            return null;
        }

        if (!_loops.TryGetValue(loop, out Dictionary<ulong, (int Descriptor, bool IsWrite)>? known))
        {
            _loops.Add(loop, known = Read(loop));
        }

        return known.TryGetValue(future, out (int Descriptor, bool IsWrite) found) ? found : null;
    }

    private Dictionary<ulong, (int Descriptor, bool IsWrite)> Read(ulong loop)
    {
        Dictionary<ulong, (int Descriptor, bool IsWrite)> found = new(AddressHash.Comparer);
        ulong keys = python.Values.Get(python.Values.Get(loop, "_selector"u8), "_fd_to_key"u8);
        if (keys == 0 || !python.Objects.TryOpenDict(keys, out DictEntries entries))
        {
            return found;
        }

        for (int i = 0; i < MaxDescriptors && python.Objects.TryNext(ref entries, out _, out ulong key); i++)
        {
            List<ulong> fields = python.Values.Items(key, KeyItems);
            if (fields.Count == KeyItems && python.Values.Number(fields[1]) is >= 0 and <= int.MaxValue and long descriptor)
            {
                List<ulong> handles = python.Values.Items(fields[3], 2);
                for (int side = 0; side < handles.Count; side++)
                {
                    Add(found, handles[side], (int)descriptor, isWrite: side == 1);
                }
            }
        }

        return found;
    }

    // Of loop.sock_recv() and its like the future is an argument of the callback; others give the future's own method.
    private void Add(Dictionary<ulong, (int Descriptor, bool IsWrite)> found, ulong handle, int descriptor, bool isWrite)
    {
        if (!python.Values.IsInstance(handle, "asyncio.events.Handle"))
        {
            return;
        }

        foreach (ulong argument in python.Values.Items(python.Values.Slot(handle, "_args"u8), MaxArguments))
        {
            if (futures.IsFuture(argument))
            {
                found.TryAdd(argument, (descriptor, isWrite));
            }
        }

        if (futures.SelfOf(python.Values.Slot(handle, "_callback"u8)) is ulong self and not 0 && futures.IsFuture(self))
        {
            found.TryAdd(self, (descriptor, isWrite));
        }
    }
}
