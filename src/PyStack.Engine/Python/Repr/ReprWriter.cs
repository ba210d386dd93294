using System;
using System.Collections.Generic;
using System.Threading;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Frames;
using PyStack.Engine.Python.Layouts;
using PyStack.Engine.Python.Objects;
using PyStack.Engine.Python.Repr.Secrets;
using PyStack.Engine.Python.Runtime;

namespace PyStack.Engine.Python.Repr;

/// <summary>
/// Writes objects of the target as <c>repr()</c> would, without running code of the target. One class, in a file for each family of types, over <see cref="ObjectReader"/>. It reads no
/// further than what is shown needs. To prefetch is to write with a text that only counts: by the same code, so that the same bytes are read.
/// </summary>
internal sealed partial class ReprWriter
{
    /// <summary>Containers within each other.</summary>
    private const int MaxDepth = 64;

    /// <summary>
    /// Nested objects of any kind: an object that is not a container may lead to itself as well (a module that is its own name), and each step costs
    /// our stack. More than <see cref="MaxDepth"/> containers and what is in the innermost of them can ever have.
    /// </summary>
    private const int MaxNesting = 2 * MaxDepth;

    /// <summary>Objects that a value may have in addition to one for each character that is shown.</summary>
    private const int SpareObjects = 200;

    /// <summary>Places of dicts and sets, free and deleted ones included, that are examined for each object that may be shown.</summary>
    private const int PlacesPerObject = 64;

    /// <summary>Places that a value may have in addition to those: for attributes that a class of thousands does not have.</summary>
    private const int SparePlaces = 1 << 14;

    // A value of more is written once, wherever else it comes up: the same object is the same text.
    private const int SharedLength = 1024;
    private const int SharedObjects = 256;
    private const int MaxShared = 10_000;

    private readonly ObjectReader _objects;
    private readonly Limits _limits;
    private readonly PythonVersion _version;
    private readonly SecretNames _secrets;
    private readonly ValueText _text = new();
    private readonly PrefetchedObjects _prefetched;
    private readonly Dictionary<ulong, string> _shared = new(AddressHash.Comparer);
    private readonly int _maxLength;
    private CancellationToken _cancellation;
    private bool _isPrefetching;
    private bool _isPaused;
    private int _objectsLeft;
    private long _objectsInAllLeft;
    private long _placesInAllLeft;
    private long _charactersLeft;

    public ReprWriter(PythonLayout layout, ValueOptions options, Limits limits)
    {
        _objects = new ObjectReader(layout, limits);
        _limits = limits;
        _version = layout.Version;
        _secrets = new SecretNames(options);
        _hider = new SecretText(_secrets);
        _prefetched = new PrefetchedObjects(_objects);
        _maxLength = options.MaxLength > 0 ? Math.Min(options.MaxLength, limits.ValueLength) : limits.ValueLength;
    }

    /// <summary>What it reads with.</summary>
    public ObjectReader Objects => _objects;

    /// <summary>Whether a limit on all values together has truncated something.</summary>
    public bool IsExhausted => _objectsInAllLeft < 0 || _placesInAllLeft <= 0 || _charactersLeft < 0;

    /// <summary>Names whose values are hidden.</summary>
    public SecretNames Secrets => _secrets;

    /// <summary>Prepares for the pause that follows a rehearsal: nothing is allocated there.</summary>
    public void Reserve()
    {
        _objects.Reserve();
        _prefetched.ReserveDouble();
        ReserveBuffers();
    }

    /// <summary>Begins to write texts, from a target's memory or a copy of it.</summary>
    /// <param name="cancellation">As for <see cref="FrameVariables.Begin"/>.</param>
    public void Begin(IMemorySource memory, CancellationToken cancellation)
    {
        _objects.Begin(memory, cancellation);
        Begin(isPrefetching: false, isPaused: false, cancellation);
        _powers = new ExactPowers(_limits.PowerDigitsInAll);
    }

    /// <summary>Begins to prefetch what texts will need into a copy.</summary>
    /// <param name="isPaused">Whether the target is stopped meanwhile, after a rehearsal: nothing is allocated then.</param>
    /// <param name="cancellation">As for <see cref="FrameVariables.Begin"/>.</param>
    public void BeginPrefetch(IPrefetchMemory copy, bool isPaused, CancellationToken cancellation)
    {
        _objects.BeginPrefetch(copy, isPaused, cancellation);
        Begin(isPrefetching: true, isPaused, cancellation);
        _powers = null;
        _prefetched.Begin(isPaused);
    }

    /// <summary>Reads what the text of an object needs.</summary>
    /// <returns>Whether it has no references: as long as it is the same object, it need not be read again.</returns>
    public bool Prefetch(ulong address)
    {
        // The same object needs the same bytes, in all frames.
        if (_prefetched.HasSeen(address))
        {
            return false;
        }

        _prefetched.Containers = 0;
        Write(address);
        if (_prefetched.Containers == 0)
        {
            return true;
        }

        _prefetched.Saw(address);
        return false;
    }

    /// <summary>The text of an object, <c>&lt;invalid object at 0x…&gt;</c> if it is not valid.</summary>
    public string Render(ulong address)
    {
        if (_shared.TryGetValue(address, out string? known))
        {
            return known;
        }

        if (_charactersLeft < 0)
        {
            return "...";
        }

        _isCostly = false;
        Write(address);
        string text = _text.ToString();
        _charactersLeft -= text.Length;
        if ((_isCostly || text.Length > SharedLength || _maxLength + SpareObjects - _objectsLeft > SharedObjects) && _shared.Count < MaxShared)
        {
            _shared.Add(address, text);
        }

        return text;
    }

    /// <summary>The text of a variable, hidden if its name says that it is a secret.</summary>
    public string Render(string name, ulong address) => IsHidden(_secrets.Judge(name), address) ? SecretNames.Redacted : Render(address);

    private void Begin(bool isPrefetching, bool isPaused, CancellationToken cancellation)
    {
        _cancellation = cancellation;
        _isPrefetching = isPrefetching;
        _isPaused = isPaused;
        _text.IsCounting = isPrefetching;

        // Prefetching examines a little more, cells and what is in them, and must not end first.
        _objectsInAllLeft = isPrefetching ? _limits.ValueObjects * 2 : _limits.ValueObjects;
        _placesInAllLeft = _objectsInAllLeft * PlacesPerObject;
        _charactersLeft = _limits.ValueCharacters;
        _intDigitsLeft = _limits.IntDigitsInAll;
        _shared.Clear();
    }

    private void Write(ulong address, bool isExceptionLine = false)
    {
        _text.Begin(_maxLength);
        _depth = 0;
        _nesting = 0;
        _objectsLeft = _maxLength + SpareObjects;
        int places = (int)Math.Min(_placesInAllLeft, (_objectsLeft * PlacesPerObject) + SparePlaces);
        _objects.PlacesLeft = places;
        if (isExceptionLine)
        {
            ExceptionLine(address);
        }
        else
        {
            Object(address);
        }

        _placesInAllLeft -= places - Math.Max(0, _objects.PlacesLeft);
    }
}
