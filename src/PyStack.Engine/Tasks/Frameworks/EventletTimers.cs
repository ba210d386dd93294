using System;
using System.Collections.Generic;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Objects;

namespace PyStack.Engine.Tasks.Frameworks;

/// <summary>When the greenlets of eventlet are resumed by a timer: the timers of its hubs (eventlet/hubs/hub.py), each with what it calls.</summary>
internal sealed class EventletTimers
{
    private const int MaxTimers = 1 << 20;

    private readonly TaskSearch _search;
    private readonly Func<ulong, bool> _isGreenlet;
    private readonly Dictionary<ulong, double> _times = new(AddressHash.Comparer);
    private int _timersLeft = MaxTimers;

    /// <param name="objects">The hubs, among others.</param>
    public EventletTimers(TaskSearch search, IEnumerable<ulong> objects, Func<ulong, bool> isGreenlet)
    {
        (_search, _isGreenlet) = (search, isGreenlet);
        foreach (ulong one in objects)
        {
            if (search.Values.IsInstance(one, "eventlet.hubs.hub.BaseHub"))
            {
                Look(search.Values.Get(one, "timers"u8));
                Look(search.Values.Get(one, "next_timers"u8));
            }
        }
    }

    /// <summary>Whether objects of a type have timers.</summary>
    public static bool IsHub(ObjectReader objects, in TypeInfo type) => type.IsHeapType && objects.IsSubclass(type, "eventlet.hubs.hub"u8, "BaseHub"u8);

    /// <summary>When a greenlet is resumed if nothing else does it, in seconds of CLOCK_MONOTONIC; null for never.</summary>
    public double? Of(ulong greenlet) => _times.TryGetValue(greenlet, out double time) ? time : null;

    // A list of pairs: when, and the timer.
    private void Look(ulong list)
    {
        if (!_search.Objects.Is(list, ObjectKind.List) || !_search.Objects.TryGetItems(list, out ItemRange timers))
        {
            return;
        }

        for (int i = 0; i < timers.Count && _timersLeft-- > 0 && _search.Objects.TryReadItem(timers, i, out ulong pair); i++)
        {
            _search.Cancellation.ThrowIfCancellationRequested();
            if (IsTuple(pair, 2, out ItemRange items)
                && _search.Objects.TryReadItem(items, 0, out ulong when)
                && _search.Objects.TryReadItem(items, 1, out ulong timer)
                && _search.Values.Seconds(when) is double time
                && _search.Values.Bool(_search.Values.Get(timer, "called"u8)) == false
                && GreenletOf(_search.Values.Get(timer, "tpl"u8)) is ulong greenlet and not 0
                && (!_times.TryGetValue(greenlet, out double other) || time < other))
            {
                _times[greenlet] = time;
            }
        }
    }

    // What is called, its arguments, its keywords: greenlet.switch, or a function that gets the greenlet.
    private ulong GreenletOf(ulong call)
    {
        if (!IsTuple(call, 3, out ItemRange parts) || !_search.Objects.TryReadItem(parts, 0, out ulong function) || !_search.Objects.TryReadItem(parts, 1, out ulong arguments))
        {
            return 0;
        }

        if (_search.Objects.Is(function, ObjectKind.BuiltInFunction) && _search.Objects.TryGetBuiltIn(function, stackalloc byte[32], out _, out ulong self) && _isGreenlet(self))
        {
            return self;
        }

        foreach (ulong one in _search.Values.Items(arguments))
        {
            if (_isGreenlet(one))
            {
                return one;
            }
        }

        return 0;
    }

    private bool IsTuple(ulong value, int count, out ItemRange items)
    {
        items = default;
        return value != 0 && _search.Objects.Is(value, ObjectKind.Tuple) && _search.Objects.TryGetItems(value, out items) && items.Count == count;
    }
}
