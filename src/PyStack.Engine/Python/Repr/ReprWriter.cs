using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Threading;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Frames;
using PyStack.Engine.Python.Layouts;
using PyStack.Engine.Python.Objects;
using PyStack.Engine.Python.Repr.Secrets;

namespace PyStack.Engine.Python.Repr;

/// <summary>
/// Writes objects of the target as <c>repr()</c> would, without running any of it. One class, in a file for each family of types. It reads no further than what is shown
/// needs, and the same bytes whether it only prefetches them into the copy, inside of the target's pause, or writes the text afterwards.
/// </summary>
internal sealed partial class ReprWriter
{
    /// <summary>Containers within each other.</summary>
    private const int MaxDepth = 64;

    /// <summary>
    /// Objects within each other, of whatever kind: what is no container may lead to itself as well (a module that is its own name), and each step costs
    /// our stack. More than <see cref="MaxDepth"/> containers and what stands in the innermost of them can ever have.
    /// </summary>
    private const int MaxNesting = 2 * MaxDepth;

    /// <summary>Pointers of a list or tuple that are read at once.</summary>
    private const int ChunkItems = 32;

    /// <summary>Objects that a value may have beside one for each character that is shown.</summary>
    private const int SpareObjects = 200;

    /// <summary>Places of dicts and sets, free and deleted ones included, that are looked at for each object that may be shown.</summary>
    private const int PlacesPerObject = 64;

    /// <summary>Places that a value may have beside those: for attributes that a class of thousands does not have.</summary>
    private const int SparePlaces = 1 << 14;

    // A value of more is written once, wherever else it comes up: the same object is the same text.
    private const int SharedLength = 1024;
    private const int SharedObjects = 256;
    private const int MaxShared = 10_000;

    private readonly PythonLayout _layout;
    private readonly Limits _limits;
    private readonly SecretNames _secrets;
    private readonly TypeTable _types;
    private readonly ValueText _text = new();
    private readonly LeafTable _leaves = new();
    private readonly AddressSet _seen = new();
    private readonly Dictionary<ulong, string> _shared = new(AddressHash.Comparer);
    private readonly ulong[] _open = new ulong[MaxDepth];
    private readonly int _maxLength;
    private readonly ulong _head;
    private IMemorySource _memory = null!;
    private CancellationToken _cancellation;
    private bool _isPrefetching;
    private bool _isFixed;
    private int _depth;
    private int _nesting;
    private int _containers;
    private int _objectsLeft;
    private int _placesLeft;
    private long _objectsInAllLeft;
    private long _placesInAllLeft;
    private long _charactersLeft;
    private long _intDigitsLeft;
    private ExactPowers? _powers;
    private bool _isCostly;

    public ReprWriter(PythonLayout layout, ValueOptions options, Limits limits)
    {
        _layout = layout;
        _limits = limits;
        _secrets = new SecretNames(options);
        _hider = new SecretText(_secrets);
        _types = new TypeTable(layout);
        _maxLength = options.MaxLength > 0 ? Math.Min(options.MaxLength, limits.ValueLength) : limits.ValueLength;
        _head = (ulong)layout.Object.VarSize;
    }

    /// <summary>Gets ready for the pause that follows a rehearsal: what happens there takes no memory.</summary>
    public void Reserve()
    {
        _leaves.ReserveDouble();
        _seen.EnsureCapacity((_seen.Count * 2) + 256);
        _types.Reserve();
        ReserveBuffers();
    }

    /// <summary>Whether a bound on all values together has cut something.</summary>
    public bool IsExhausted => _objectsInAllLeft < 0 || _placesInAllLeft <= 0 || _charactersLeft < 0;

    /// <summary>Names whose values are hidden.</summary>
    public SecretNames Secrets => _secrets;

    /// <summary>Begins with a copy of the target's memory.</summary>
    /// <param name="cancellation">As for <see cref="FrameVariables.Begin"/>.</param>
    public void Begin(IMemorySource memory, ValuePass pass, CancellationToken cancellation)
    {
        _memory = memory;
        _cancellation = cancellation;
        _isPrefetching = pass != ValuePass.Render;
        _isFixed = pass == ValuePass.Prefetch;
        _text.IsCounting = _isPrefetching;
        _leaves.IsFixed = _isFixed;
        if (pass == ValuePass.Rehearse)
        {
            _leaves.Clear();
        }

        // Prefetching looks at a little more, cells and what is in them, and must not end first.
        _objectsInAllLeft = _isPrefetching ? _limits.ValueObjects * 2 : _limits.ValueObjects;
        _placesInAllLeft = _objectsInAllLeft * PlacesPerObject;
        _charactersLeft = _limits.ValueCharacters;
        _intDigitsLeft = _limits.IntDigitsInAll;
        _powers = _isPrefetching ? null : new ExactPowers(_limits.PowerDigitsInAll);
        _shared.Clear();
        _seen.Clear();
        _types.Clear(_isFixed);
    }

    /// <summary>Reads what the text of an object needs.</summary>
    /// <returns>Whether it leads to no other: as long as it is the same object, nothing of it need be read again.</returns>
    public bool Prefetch(ulong address)
    {
        // The same object needs the same bytes, in whichever frames it is.
        if (_seen.Contains(address))
        {
            return false;
        }

        _containers = 0;
        Write(address);
        if (_containers == 0)
        {
            return true;
        }

        if (_isFixed)
        {
            _seen.AddIfRoom(address);
        }
        else
        {
            _seen.Add(address);
        }

        return false;
    }

    /// <summary>The text of an object, <c>&lt;invalid object at 0x…&gt;</c> where there is none that makes sense.</summary>
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

    /// <summary>The entries of a dict, or of one of a class that inherits from dict; false for any other object.</summary>
    public bool TryOpenMapping(ulong address, out DictEntries entries)
    {
        entries = default;
        return _types.TryOf(_memory, address, out TypeInfo type) && (type.Flags & TypeInfo.DictSubclass) != 0 && DictEntries.TryOpen(_memory, _layout, address, out entries);
    }

    /// <summary>What a cell holds; 0 where it is empty. The object itself if it is no cell.</summary>
    public bool TryGetCellContent(ulong address, out ulong content)
    {
        content = 0;
        return _types.TryOf(_memory, address, out TypeInfo type) && type.Kind == ObjectKind.Cell && _memory.TryReadPointer(address + _head, out content);
    }

    private void Write(ulong address)
    {
        _text.Begin(_maxLength);
        _depth = 0;
        _nesting = 0;
        _objectsLeft = _maxLength + SpareObjects;
        int places = (int)Math.Min(_placesInAllLeft, (_objectsLeft * PlacesPerObject) + SparePlaces);
        _placesLeft = places;
        Object(address);
        _placesInAllLeft -= places - Math.Max(0, _placesLeft);
    }

    private void Object(ulong address)
    {
        if (_text.IsFull)
        {
            return;
        }

        if (_nesting == MaxNesting || --_objectsLeft < 0 || --_objectsInAllLeft < 0 || IsCancelled())
        {
            // What was cut here may be wanted elsewhere: nothing that holds it counts as known.
            _containers++;
            _text.Append("...");
            return;
        }

        Span<ulong> head = stackalloc ulong[2]; // ob_type and the word behind it
        if (_isPrefetching && IsKnownLeaf(address, head))
        {
            return;
        }

        if (!_types.TryOf(_memory, address, out TypeInfo type))
        {
            Invalid(address);
            return;
        }

        int start = _text.Length;
        int depth = _depth;
        _nesting++;
        bool isWritten = TryWrite(address, type);
        _nesting--;
        if (!isWritten)
        {
            _depth = depth;
            _text.Truncate(start);
            Invalid(address);
        }
        else if (!_isPrefetching)
        {
            return;
        }
        else if (!IsLeaf(type.Kind))
        {
            _containers++;
        }
        else if (IsWholeFrom(start) && _memory.TryRead(address + (ulong)_layout.Object.Type, MemoryMarshal.AsBytes(head)))
        {
            _leaves.Set(address, head[0], head[1], _text.Length - start);
        }
    }

    // Where the text was full in the middle of an object, the object may be wanted further elsewhere; not so if it had all the room there is.
    private bool IsWholeFrom(int start) => !_text.IsFull || start == 0;

    // The same type and the same size as before: its bytes are in the copy.
    private bool IsKnownLeaf(ulong address, Span<ulong> head)
    {
        if (!_leaves.TryGet(address, out ulong first, out ulong second, out int length)
            || !_memory.TryRead(address + (ulong)_layout.Object.Type, MemoryMarshal.AsBytes(head))
            || head[0] != first
            || head[1] != second)
        {
            return false;
        }

        _text.Skip(length);
        return true;
    }

    // What is shown by type and address alone needs nothing of what it holds; where a number stands in the second word, it is the number that is compared.
    private static bool IsLeaf(ObjectKind kind) => kind is ObjectKind.Other or ObjectKind.None or ObjectKind.Bool or ObjectKind.SmallInt or ObjectKind.Int or ObjectKind.Float
        or ObjectKind.Text or ObjectKind.Bytes or ObjectKind.Function or ObjectKind.Class or ObjectKind.Cell;

    private bool TryWrite(ulong address, TypeInfo type)
    {
        switch (type.Kind)
        {
            case ObjectKind.None:
                _text.Append("None");
                return true;
            case ObjectKind.Ellipsis:
                _text.Append("Ellipsis");
                return true;
            case ObjectKind.NotImplemented:
                _text.Append("NotImplemented");
                return true;
            case ObjectKind.Bool:
                return TryBool(address);
            case ObjectKind.SmallInt:
                return TrySmallInt(address);
            case ObjectKind.Int:
                return TryInt(address);
            case ObjectKind.Float:
                return TryFloat(address);
            case ObjectKind.Complex:
                return TryComplex(address);
            case ObjectKind.Text:
                return TryText(address);
            case ObjectKind.OldText:
                return TryOldText(address);
            case ObjectKind.Bytes:
                return TryBytes(address);
            case ObjectKind.ByteArray:
                return TryByteArray(address);
            case ObjectKind.List or ObjectKind.Tuple or ObjectKind.NamedTuple or ObjectKind.Dict or ObjectKind.Set or ObjectKind.FrozenSet or ObjectKind.OrderedDict
                or ObjectKind.DefaultDict or ObjectKind.Counter or ObjectKind.ChainMap or ObjectKind.Deque or ObjectKind.MappingProxy or ObjectKind.Namespace:
                return TryContainer(address, type);
            case ObjectKind.Range:
                return TryRange(address, type);
            case ObjectKind.Function:
                return TryFunction(address);
            case ObjectKind.BuiltInFunction:
                return TryBuiltIn(address, type);
            case ObjectKind.Class:
                return TryClass(address);
            case ObjectKind.Module:
                return TryModule(address, type);
            case ObjectKind.Exception:
                return TryException(address, type);
            case ObjectKind.Enum:
                return TryEnum(address, type) || Instance(address, type);
            case ObjectKind.Partial:
                return TryPartial(address, type);
            case ObjectKind.Date or ObjectKind.Time or ObjectKind.DateTime or ObjectKind.TimeDelta or ObjectKind.TimeZone:
                return TryDateTime(address, type);
            case ObjectKind.NumpyArray or ObjectKind.NumpyScalar:
                return TryNumpy(address, type);
            default:
                return Instance(address, type);
        }
    }

    // The pause is left early; outside of it the exception ends the capture.
    private bool IsCancelled()
    {
        if (!_isFixed)
        {
            _cancellation.ThrowIfCancellationRequested();
        }

        return _cancellation.IsCancellationRequested;
    }

    private void Invalid(ulong address)
    {
        _text.Append("<invalid object at ");
        _text.AppendAddress(address);
        _text.Append('>');
    }

    private bool Instance(ulong address, TypeInfo type)
    {
        _text.Append('<');
        if (!TryTypeName(type, isShort: false))
        {
            return false;
        }

        AppendAt(address);
        return true;
    }

    // tp_name; its last part where repr() uses __name__.
    private bool TryTypeName(TypeInfo type, bool isShort)
    {
        Span<byte> buffer = stackalloc byte[256];
        int count = _memory.Read(type.Name, buffer);
        int end = buffer[..count].IndexOf((byte)0);
        ReadOnlySpan<byte> name = end >= 0 ? buffer[..end] : buffer[..count];
        if (name.IsEmpty)
        {
            return false;
        }

        if (isShort)
        {
            name = name[(name.LastIndexOf((byte)'.') + 1)..];
        }

        AppendUtf8(name);
        return true;
    }
}
