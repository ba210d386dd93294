using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Objects;

namespace PyStack.Engine.Tasks.Frameworks;

/// <summary>
/// What greenlets of gevent wait for. gevent's functions are compiled (Cython), so that no frame says it: it is found from the other side. An event, semaphore, queue, greenlet or watcher of the
/// loop has a list or field with what it calls when it is ready: the greenlet's own <c>switch</c>, or a <c>Waiter</c> that has the greenlet.
/// </summary>
/// <remarks>Where a compiled class has these fields is learned from the first objects of each class: a word that points to a list, deque or method.</remarks>
internal sealed class GeventWaits
{
    /// <summary>Objects of a class that its fields are looked for in.</summary>
    private const int Examples = 16;

    /// <summary>Words of an object that are looked at: the largest of gevent's classes have some twenty.</summary>
    private const int MaxWords = 64;

    /// <summary>Links of all objects.</summary>
    private const int MaxLinks = 1 << 20;

    private const string Linkable = "gevent._gevent_c_abstract_linkable.AbstractLinkable";
    private const string Watcher = "gevent.libev.corecext.watcher";

    private readonly TaskSearch _search;
    private readonly Func<ulong, bool> _isGreenlet;
    private readonly ulong _head;
    private readonly Dictionary<ulong, TaskWait> _waits = new(AddressHash.Comparer);
    private readonly Dictionary<ulong, ClassFields> _classes = new(AddressHash.Comparer);
    private readonly Dictionary<ulong, ulong> _waiters = new(AddressHash.Comparer);
    private int _linksLeft = MaxLinks;

    /// <param name="objects">What can be waited for, greenlets included.</param>
    /// <param name="isGreenlet">Whether an object is a greenlet.</param>
    public GeventWaits(TaskSearch search, IEnumerable<ulong> objects, Func<ulong, bool> isGreenlet)
    {
        (_search, _isGreenlet) = (search, isGreenlet);
        _head = (ulong)search.Python.Layout.Object.VarSize;
        foreach (ulong one in objects)
        {
            search.Cancellation.ThrowIfCancellationRequested();
            Look(one);
        }
    }

    /// <summary>Whether objects of a type can be waited for.</summary>
    public static bool IsWaitable(ObjectReader objects, in TypeInfo type)
        => objects.IsSubclass(type, "gevent._gevent_c_abstract_linkable"u8, "AbstractLinkable"u8)
            || objects.IsSubclass(type, "gevent.libev.corecext"u8, "watcher"u8)
            || objects.IsSubclass(type, "gevent._gevent_cqueue"u8, "SimpleQueue"u8)
            || objects.IsSubclass(type, "gevent._gevent_cqueue"u8, "Queue"u8)
            || objects.IsSubclass(type, "gevent._gevent_cqueue"u8, "Channel"u8);

    /// <summary>What a greenlet waits for; null if that is not known.</summary>
    public TaskWait? Of(ulong greenlet) => _waits.GetValueOrDefault(greenlet);

    private void Look(ulong one)
    {
        if (!_search.Objects.TryGetType(one, out TypeInfo type))
        {
            return;
        }

        if (!_classes.TryGetValue(type.Address, out ClassFields? fields))
        {
            _classes.Add(type.Address, fields = new ClassFields(SizeOf(type), _isGreenlet(one)));
        }

        Span<ulong> words = stackalloc ulong[MaxWords];
        words = words[..Math.Min(MaxWords, fields.Words)];
        if (!_search.Memory.TryRead(one, MemoryMarshal.AsBytes(words)))
        {
            return;
        }

        if (fields.Seen++ < Examples)
        {
            for (int i = (int)(_head / sizeof(ulong)); i < words.Length; i++)
            {
                if (!fields.Offsets.Contains(i) && IsLinks(words[i]))
                {
                    fields.Offsets.Add(i);
                }
            }
        }

        foreach (int offset in fields.Offsets)
        {
            Follow(words[offset], new Owner(one, fields, words));
        }
    }

    private bool IsLinks(ulong value)
        => value > ushort.MaxValue && value % sizeof(ulong) == 0 && value < 1ul << 47 && _search.Objects.TryGetType(value, out TypeInfo type)
            && (type.Kind is ObjectKind.List or ObjectKind.Deque or ObjectKind.BuiltInFunction || IsMethod(type));

    private bool IsMethod(in TypeInfo type) => !type.IsHeapType && _search.Objects.IsNamed(type, "builtins"u8, "method"u8);

    private void Follow(ulong links, in Owner owner)
    {
        if (!_search.Objects.TryGetType(links, out TypeInfo type))
        {
            return;
        }

        if (type.Kind == ObjectKind.List && _search.Objects.TryGetItems(links, out ItemRange items))
        {
            for (int i = 0; i < items.Count && _linksLeft-- > 0 && _search.Objects.TryReadItem(items, i, out ulong item); i++)
            {
                Link(item, owner);
            }
        }
        else if (type.Kind == ObjectKind.Deque && _search.Objects.TryOpenDeque(links, out DequeItems deque))
        {
            while (_linksLeft-- > 0 && deque.TryNext(out ulong item))
            {
                Link(item, owner);
            }
        }
        else
        {
            Link(links, owner);
        }
    }

    private void Link(ulong item, in Owner owner)
    {
        if (!_search.Objects.TryGetType(item, out TypeInfo type))
        {
            return;
        }

        ulong self = item;
        bool isThrow = false;
        Span<byte> buffer = stackalloc byte[16];
        if (type.Kind == ObjectKind.BuiltInFunction)
        {
            if (!_search.Objects.TryGetBuiltIn(item, buffer, out ReadOnlySpan<byte> name, out self))
            {
                return;
            }

            // gevent.Timeout: the timer throws into the greenlet when the time is over.
            isThrow = name.SequenceEqual("throw"u8);
        }
        else if (IsMethod(type) && !_search.Memory.TryReadPointer(item + _head + sizeof(ulong), out self))
        {
            return;
        }

        ulong greenlet = _isGreenlet(self) ? self : GreenletOf(self);
        if (greenlet == 0 && _search.Values.IsInstance(self, "gevent.timeout.Timeout"))
        {
            (greenlet, isThrow) = (FirstArgument(owner), true);
        }

        if (greenlet != 0 && greenlet != owner.Address)
        {
            Add(greenlet, Describe(owner, item), isThrow);
        }
    }

    // Timeout._on_expiration is called with the greenlet: the watcher's args.
    private ulong FirstArgument(in Owner owner)
    {
        foreach (ulong word in owner.Words)
        {
            if (word > ushort.MaxValue && word % sizeof(ulong) == 0
                && _search.Objects.Is(word, ObjectKind.Tuple)
                && _search.Objects.TryGetItems(word, out ItemRange items)
                && _search.Objects.TryReadItem(items, 0, out ulong first)
                && _isGreenlet(first))
            {
                return first;
            }
        }

        return 0;
    }

    // A Waiter has the greenlet, and the hub, which is none that waits for anything.
    private ulong GreenletOf(ulong waiter)
    {
        if (_waiters.TryGetValue(waiter, out ulong found))
        {
            return found;
        }

        if (_search.Values.IsInstance(waiter, "gevent._gevent_c_waiter.Waiter") && _search.Objects.TryGetType(waiter, out TypeInfo type))
        {
            Span<ulong> words = stackalloc ulong[MaxWords];
            words = words[..Math.Min(MaxWords, SizeOf(type))];
            _ = _search.Memory.TryRead(waiter, MemoryMarshal.AsBytes(words));
            foreach (ulong word in words)
            {
                if (word > ushort.MaxValue && word % sizeof(ulong) == 0 && _isGreenlet(word) && !_search.Values.IsInstance(word, "gevent.hub.Hub"))
                {
                    found = word;
                    break;
                }
            }
        }

        _waiters.Add(waiter, found);
        return found;
    }

    private void Add(ulong greenlet, TaskWait wait, bool isThrow)
    {
        if (!_waits.TryGetValue(greenlet, out TaskWait? known))
        {
            _waits.Add(greenlet, isThrow ? wait with { Kind = PyWaitKind.Other, Description = "", Object = null, Address = 0 } : wait);
        }
        else if (isThrow)
        {
            _waits[greenlet] = known with { Deadline = wait.Deadline };
        }
        else if (known.Description.Length == 0)
        {
            _waits[greenlet] = wait with { Deadline = wait.Deadline ?? known.Deadline };
        }
        else if (wait.Tasks.Count > 0 && known.Tasks.Count > 0)
        {
            _waits[greenlet] = known with { Description = $"joinall of {known.Tasks.Count + 1} greenlets", Object = null, Address = 0, Tasks = [.. known.Tasks, .. wait.Tasks] };
        }
    }

    private TaskWait Describe(in Owner owner, ulong link)
    {
        ulong one = owner.Address;
        if (owner.Class.IsGreenlet)
        {
            return Because(one, PyWaitKind.Task, "Greenlet.join", $"greenlet 0x{one:x}") with { Tasks = [one] };
        }

        if (_search.Values.IsInstance(one, Watcher))
        {
            return DescribeWatcher(owner);
        }

        bool isLinkable = _search.Values.IsInstance(one, Linkable);
        return _search.Values.IsInstance(one, "gevent._gevent_cevent.Event") ? Because(one, PyWaitKind.Event, "Event.wait")
            : _search.Values.IsInstance(one, "gevent._gevent_cevent.AsyncResult") ? Because(one, PyWaitKind.Future, "AsyncResult.get")
            : _search.Values.IsInstance(one, "gevent.thread.LockType") ? Because(one, PyWaitKind.Lock, "Lock.acquire")
            : _search.Values.IsInstance(one, "gevent._gevent_c_semaphore.Semaphore") ? Because(one, PyWaitKind.Semaphore, "Semaphore.acquire")
            : isLinkable ? Because(one, PyWaitKind.Other, "wait")
            : _search.Values.IsInstance(link, "gevent._gevent_cqueue.ItemWaiter") ? Because(one, PyWaitKind.Queue, "Queue.put")
            : Because(one, PyWaitKind.Queue, "Queue.get");
    }

    // The struct of libev (ev.h) is in the object, which has a pointer to it: an ev_watcher of 32 bytes, then for a descriptor a pointer, the descriptor and the events, for a timer when it ends on
    // CLOCK_MONOTONIC, and for a child a pointer, flags and its id.
    private TaskWait DescribeWatcher(in Owner owner)
    {
        const int Own = 32;
        ulong start = 0;
        foreach (ulong word in owner.Words)
        {
            start = word > owner.Address && word < owner.Address + (ulong)(owner.Words.Length * sizeof(ulong)) ? word : start;
        }

        if (start == 0)
        {
            return Because(owner.Address, PyWaitKind.Other, "watcher");
        }

        IMemorySource memory = _search.Memory;
        if (_search.Values.IsInstance(owner.Address, "gevent.libev.corecext.timer"))
        {
            bool isRead = memory.TryRead(start + Own, out double at);
            return new TaskWait(PyWaitKind.Sleep, "sleep") { Deadline = isRead && double.IsFinite(at) ? at : null };
        }

        if (_search.Values.IsInstance(owner.Address, "gevent.libev.corecext.child"))
        {
            return Because(owner.Address, PyWaitKind.Process, "child") with { ProcessId = memory.TryRead(start + Own + 12, out int id) ? id : null };
        }

        if (_search.Values.IsInstance(owner.Address, "gevent.libev.corecext.io") && memory.TryRead(start + Own + 8, out int descriptor) && memory.TryRead(start + Own + 12, out int events))
        {
            // EV_READ 1, EV_WRITE 2 (ev.h)
            string what = (events & 3) switch { 2 => "writable", 3 => "ready", _ => "readable" };
            return new TaskWait(PyWaitKind.Select, $"until it is {what}") { Descriptor = descriptor, Object = _search.Values.Describe(owner.Address), Address = owner.Address };
        }

        return Because(owner.Address, PyWaitKind.Other, "watcher");
    }

    private TaskWait Because(ulong one, PyWaitKind kind, string text, string? shown = null)
        => new(kind, $"{text} {shown ?? _search.Values.Show(one)}") { Object = _search.Values.Describe(one), Address = one };

    // Words of an object: tp_basicsize follows tp_name (cpython/object.h: struct _typeobject).
    private int SizeOf(in TypeInfo type)
        => _search.Memory.TryReadPointer(type.Address + (ulong)_search.Python.Layout.Object.TypeName + sizeof(ulong), out ulong size) ? (int)Math.Min(size / sizeof(ulong), MaxWords) : 0;

    private sealed class ClassFields(int words, bool isGreenlet)
    {
        public int Words => words;

        public bool IsGreenlet => isGreenlet;

        public int Seen { get; set; }

        public List<int> Offsets { get; } = [];
    }

    private readonly ref struct Owner(ulong address, ClassFields fields, ReadOnlySpan<ulong> words)
    {
        public ulong Address { get; } = address;

        public ClassFields Class { get; } = fields;

        public ReadOnlySpan<ulong> Words { get; } = words;
    }
}
