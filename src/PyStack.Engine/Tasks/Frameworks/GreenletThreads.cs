using System;
using System.Collections.Generic;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Frames;

namespace PyStack.Engine.Tasks.Frameworks;

/// <summary>
/// Which thread the greenlets of one main greenlet belong to. greenlet keeps that in variables of the thread (<c>thread_local</c>), so that it is found by the C stack that they use.
/// </summary>
internal sealed class GreenletThreads
{
    private const int MaxParents = 64;

    private readonly Dictionary<ulong, ulong> _threads = new(AddressHash.Comparer);
    private readonly Dictionary<ulong, ulong> _running = new(AddressHash.Comparer);
    private readonly Dictionary<ulong, RawGreenlet> _greenlets = new(AddressHash.Comparer);
    private readonly TaskSearch _search;

    public GreenletThreads(TaskSearch search, List<RawGreenlet> greenlets)
    {
        _search = search;
        foreach (RawGreenlet greenlet in greenlets)
        {
            _greenlets[greenlet.Address] = greenlet;
            if (greenlet.Group != 0 && !greenlet.IsMain && greenlet.StackStop != 0 && !_threads.ContainsKey(greenlet.Group) && OfStack(greenlet.StackStop) is ulong thread and not 0)
            {
                _threads.Add(greenlet.Group, thread);
            }
        }

        ByHubs(greenlets);
        ByExclusion(greenlets);
        FindRunning(greenlets);
    }

    /// <summary>The thread state of a greenlet; 0 if it is not known. One that has not begun can begin in the thread of its parent only.</summary>
    public ulong Of(RawGreenlet greenlet)
    {
        for (int i = 0; i < MaxParents && greenlet.Group == 0 && greenlet.Parent != 0 && _greenlets.TryGetValue(greenlet.Parent, out RawGreenlet parent); i++)
        {
            greenlet = parent;
        }

        return _threads.GetValueOrDefault(greenlet.Group);
    }

    /// <summary>Whether a thread runs it.</summary>
    public bool Runs(in RawGreenlet greenlet) => _running.GetValueOrDefault(greenlet.Group) == greenlet.Address;

    // In the middle of a switch the current one has its frame saved already, and another one is without. One that is parked has none saved either if it was in no Python function: so the current
    // one comes first, and a main greenlet, which C code may have begun, last.
    private void FindRunning(List<RawGreenlet> greenlets)
    {
        HashSet<ulong> current = new(AddressHash.Comparer);
        greenlets.ForEach(greenlet => current.Add(greenlet.Current));
        foreach (Predicate<RawGreenlet> isNext in (Predicate<RawGreenlet>[])[greenlet => current.Contains(greenlet.Address), greenlet => !greenlet.IsMain, _ => true])
        {
            foreach (RawGreenlet greenlet in greenlets)
            {
                if (greenlet.IsRunning && isNext(greenlet))
                {
                    _running.TryAdd(greenlet.Group, greenlet.Address);
                }
            }
        }
    }

    // The control block of a thread, which its pthread_t is the address of, is at the upper end of its stack (glibc: allocate_stack in nptl/allocatestack.c; musl as well), so that it is the next one
    // above any address in the stack. Only the main thread has its stack above all others.
    private ulong OfStack(ulong address)
    {
        ulong best = 0;
        ulong bestId = ulong.MaxValue;
        ulong oldest = 0;
        foreach (RawThread thread in _search.Threads)
        {
            oldest = thread.Address;
            if (thread.PthreadId > address && thread.PthreadId < bestId)
            {
                (best, bestId) = (thread.Address, thread.PthreadId);
            }
        }

        return best != 0 ? best : oldest;
    }

    // gevent's hub knows its thread: also one whose greenlets have not begun.
    private void ByHubs(List<RawGreenlet> greenlets)
    {
        foreach (RawGreenlet greenlet in greenlets)
        {
            if (greenlet.Group == 0 && greenlet.Parent != 0
                && _search.Values.IsInstance(greenlet.Address, "gevent.hub.Hub")
                && _search.FindThread((ulong)(_search.Values.Number(_search.Values.Get(greenlet.Address, "thread_ident"u8)) ?? 0)) is ulong thread and not 0)
            {
                foreach (RawGreenlet main in greenlets)
                {
                    if (main.Address == greenlet.Parent && main.IsMain)
                    {
                        _threads.TryAdd(main.Group, thread);
                    }
                }
            }
        }
    }

    // A main greenlet that has run nothing else is that of the one thread that is left.
    private void ByExclusion(List<RawGreenlet> greenlets)
    {
        List<ulong> groups = [];
        foreach (RawGreenlet greenlet in greenlets)
        {
            if (greenlet.IsMain && greenlet.IsRunning && !_threads.ContainsKey(greenlet.Group))
            {
                groups.Add(greenlet.Group);
            }
        }

        List<ulong> threads = [];
        foreach (RawThread thread in _search.Threads)
        {
            if (!_threads.ContainsValue(thread.Address))
            {
                threads.Add(thread.Address);
            }
        }

        if (groups.Count == 1 && threads.Count == 1)
        {
            _threads.Add(groups[0], threads[0]);
        }
    }
}
