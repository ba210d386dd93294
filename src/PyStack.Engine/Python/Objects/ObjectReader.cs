using System;
using System.Runtime.CompilerServices;
using System.Threading;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Layouts;

namespace PyStack.Engine.Python.Objects;

/// <summary>
/// Reads objects of a target by their addresses, without running any of it: types, numbers, characters, items, attributes. It makes no text, and allocates nothing except where
/// a <see cref="string"/> is asked for, so that the pause may use it. What cannot be read is false, never a zero. One class, in a file for each subject.
/// </summary>
internal sealed partial class ObjectReader(PythonLayout layout, Limits limits)
{
    /// <summary>Cancellation is checked once for this many slots of dicts and sets.</summary>
    private const int PlacesPerQuestion = 4096;

    private readonly TypeTable _types = new(layout);
    private readonly ulong _head = (ulong)layout.Object.VarSize;
    private IMemorySource _memory = null!;
    private IPrefetchMemory? _copy;
    private CancellationToken _cancellation;
    private bool _isPaused;
    private int _placesLeft;

    public PythonLayout Layout => layout;

    /// <summary>Whether the target is a Python 2, with its bytes for text and two kinds of int.</summary>
    public bool IsPython2 => layout.Unicode is null;

    /// <summary>
    /// Places of dicts and sets, free and deleted ones included, that may still be examined: below 0 where a search or a loop ended for that reason. <see cref="Begin(IMemorySource, CancellationToken)"/> sets
    /// it to <see cref="Limits.ObjectPlaces"/>.
    /// </summary>
    public int PlacesLeft
    {
        get => _placesLeft;
        set => _placesLeft = value;
    }

    /// <summary>Begins with a target's memory, or a copy of it: what was known of types is forgotten.</summary>
    public void Begin(IMemorySource memory, CancellationToken cancellation = default) => Begin(memory, null, isPaused: false, cancellation);

    /// <summary>The same with a copy that <see cref="TryPrefetch"/> fills.</summary>
    /// <param name="isPaused">Whether the target is stopped meanwhile: nothing is allocated then, and cancellation is no exception but ends loops early.</param>
    public void BeginPrefetch(IPrefetchMemory copy, bool isPaused, CancellationToken cancellation = default) => Begin(copy, copy, isPaused, cancellation);

    /// <summary>Gets ready for the pause that follows a rehearsal: makes room for twice as many types.</summary>
    public void Reserve() => _types.Reserve();

    /// <summary>Whether no one wants the result any more; outside the pause an exception.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsCancelled() => _cancellation.IsCancellationRequested && (_isPaused || Throw());

    /// <summary>Makes sure that bytes are in the copy, without looking at them; false where they cannot be, and after <see cref="Begin(IMemorySource, CancellationToken)"/>.</summary>
    public bool TryPrefetch(ulong address, int length) => length == 0 || (_copy is not null && _copy.Prefetch(address, length));

    /// <summary>Reads bytes that an object points to: characters, digits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryReadBytes(ulong address, Span<byte> bytes) => _memory.TryRead(address, bytes);

    /// <summary>Reads the word of an object's type and the one after it, which has the size of most objects that have one, and the value of small ones.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryReadHead(ulong address, out ObjectHead head) => _memory.TryRead(address + (ulong)layout.Object.Type, out head);

    /// <summary>Reads one of the fields that follow an object's head (<see cref="ObjectLayout.VarSize"/>).</summary>
    /// <param name="offset">Bytes after the head.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryReadField<T>(ulong address, int offset, out T value)
        where T : unmanaged
        => _memory.TryRead(address + _head + (ulong)offset, out value);

    // A C string; what is longer than the buffer is cut.
    private ReadOnlySpan<byte> ReadCString(ulong address, Span<byte> buffer, out bool isWhole)
    {
        int count = _memory.Read(address, buffer);
        int end = buffer[..count].IndexOf((byte)0);
        isWhole = end >= 0;
        return isWhole ? buffer[..end] : buffer[..count];
    }

    // The copy is handed over and not cast: to cast to an interface, the runtime may grow its cache of casts, in the pause as well.
    private void Begin(IMemorySource memory, IPrefetchMemory? copy, bool isPaused, CancellationToken cancellation)
    {
        (_memory, _copy) = (memory, copy);
        _cancellation = cancellation;
        _isPaused = isPaused;
        _placesLeft = limits.ObjectPlaces;
        _types.Clear(isPaused);
    }

    private bool Throw()
    {
        _cancellation.ThrowIfCancellationRequested();
        return true;
    }
}
