using System;
using System.Collections.Generic;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Objects;
using PyStack.Engine.Python.Repr.Secrets;
using PyStack.Engine.Waits.SystemCalls;

namespace PyStack.Engine.Waits.Reasons;

/// <summary>
/// Values of the objects that the readers of reasons look at. An object that is not there, or not of the kind that was expected, is the address 0 or null: the readers go on with less.
/// </summary>
internal sealed class PythonValues(PythonReader python)
{
    /// <summary>Longer texts of the target are cut: they are one word of a line.</summary>
    private const int MaxText = 80;

    /// <summary>A class statement of 2.7 without a base: its bases in turn.</summary>
    private const int MaxOldBases = 16;

    private const int MaxName = 128;

    private const int MaxItems = 16;

    /// <summary>Characters of a program's arguments in which secrets are looked for.</summary>
    private const int MaxArguments = 4096;

    // Many threads wait for the same object.
    private readonly Dictionary<(ulong Address, ulong Name), ulong> _attributes = [];
    private readonly Dictionary<ulong, string> _typeNames = new(AddressHash.Comparer);
    private readonly Dictionary<(ulong Type, string Name), bool> _isInstance = [];
    private readonly Dictionary<(ulong Type, ulong Name), long> _slots = [];
    private readonly ObjectReader _objects = python.Objects;
    private readonly ulong _head = (ulong)python.Layout.Object.VarSize;

    /// <summary>An attribute of an instance; 0 if it has none of this name.</summary>
    /// <param name="name">ASCII.</param>
    public ulong Get(ulong address, ReadOnlySpan<byte> name)
    {
        if (address == 0)
        {
            return 0;
        }

        (ulong, ulong) key = (address, HashOf(name));
        if (!_attributes.TryGetValue(key, out ulong value))
        {
            value = Read(address, name);
            _attributes.Add(key, value);
        }

        return value;
    }

    /// <summary>The same of an attribute with another name in 2.7, mostly by name mangling.</summary>
    public ulong Get(ulong address, ReadOnlySpan<byte> old, ReadOnlySpan<byte> name) => Get(address, _objects.IsPython2 ? old : name);

    /// <summary>An attribute of an object whose class keeps it in a slot (<c>__slots__</c>), which is not remembered: there are as many of these objects as tasks. 0 if it has none of this name.</summary>
    public ulong Slot(ulong address, ReadOnlySpan<byte> name)
    {
        if (address == 0 || !_objects.TryGetType(address, out TypeInfo type))
        {
            return 0;
        }

        (ulong, ulong) key = (type.Address, HashOf(name));
        if (!_slots.TryGetValue(key, out long offset))
        {
            _ = _objects.TryFindSlot(type, name, out offset);
            _slots.Add(key, offset);
        }

        return offset > 0 && python.Memory.TryReadPointer(address + (ulong)offset, out ulong value) ? value : 0;
    }

    public long? Number(ulong value) => value != 0 && _objects.TryReadInt64(value, out long number) ? number : null;

    public bool? Bool(ulong value) => value != 0 && _objects.Is(value, ObjectKind.Bool) && _objects.TryReadBool(value, out bool found) ? found : null;

    /// <summary>A float, or an int.</summary>
    public double? Seconds(ulong value)
        => value == 0 ? null : _objects.Is(value, ObjectKind.Float) ? _objects.TryReadFloat(value, out double seconds) && double.IsFinite(seconds) ? seconds : null : Number(value);

    public bool IsNone(ulong value) => value == 0 || _objects.Is(value, ObjectKind.None);

    /// <summary>A text, escaped, its beginning only if it is long; null if it is empty or none.</summary>
    public string? Text(ulong value)
        => value != 0 && _objects.TryReadText(value, out string text) && text.Length > 0 ? TerminalText.Escape(text.Length > MaxText ? text[..MaxText] + "..." : text) : null;

    /// <summary>How many items a list, tuple, set, deque or dict has; null for anything else.</summary>
    public long? Count(ulong value)
    {
        if (value == 0 || !_objects.TryGetType(value, out TypeInfo type))
        {
            return null;
        }

        return type.Kind switch
        {
            ObjectKind.List or ObjectKind.Tuple => _objects.TryGetItems(value, type, out ItemRange items) ? items.Count : null,
            ObjectKind.Deque => _objects.TryOpenDeque(value, out DequeItems deque) ? deque.Count : null,
            ObjectKind.Set or ObjectKind.FrozenSet => _objects.TryOpenSet(value, out SetItems set) ? set.Count : null,
            _ => null,
        };
    }

    /// <summary>The first item of a list; 0 if there is none.</summary>
    public ulong First(ulong list) => list != 0 && _objects.TryGetItems(list, out ItemRange items) && _objects.TryReadItem(items, 0, out ulong item) ? item : 0;

    /// <summary>The first items of a list or tuple.</summary>
    public List<ulong> Items(ulong list, int most = MaxItems)
    {
        List<ulong> found = [];
        if (list != 0 && _objects.TryGetItems(list, out ItemRange items))
        {
            while (found.Count < most && _objects.TryReadItem(items, found.Count, out ulong item))
            {
                found.Add(item);
            }
        }

        return found;
    }

    /// <summary>The first members of a set, in the order of its table.</summary>
    public List<ulong> Members(ulong set, int most)
    {
        List<ulong> found = [];
        if (set != 0 && _objects.TryGetType(set, out TypeInfo type) && type.Kind is ObjectKind.Set or ObjectKind.FrozenSet && _objects.TryOpenSet(set, out SetItems items))
        {
            while (found.Count < most && _objects.TryNext(ref items, out ulong item))
            {
                found.Add(item);
            }
        }

        return found;
    }

    /// <summary>The arguments of a program with what is secret hidden, escaped; null where there are none.</summary>
    public string? Arguments(List<ulong> words)
    {
        StringBuilder joined = new();
        foreach (ulong word in words)
        {
            if (!_objects.TryReadText(word, out string text) || joined.Length > MaxArguments)
            {
                break;
            }

            joined.Append(joined.Length == 0 ? "" : "\0").Append(text);
        }

        string shown = joined.Length == 0 ? "" : SecretText.RedactArguments(joined.ToString(), isCut: joined.Length > MaxArguments);
        return shown.Length == 0 ? null : TerminalText.Escape(shown.Length > MaxText ? shown[..MaxText] + "..." : shown);
    }

    /// <summary>What a weak reference refers to (PyWeakReference: wr_object is after the head); 0 if that is gone.</summary>
    public ulong Referent(ulong reference)
        => python.Memory.TryReadPointer(reference + _head, out ulong value) && !IsNone(value) ? value : 0;

    /// <summary>A field of an object that was written in C.</summary>
    /// <param name="offset">Bytes after the head.</param>
    public bool TryReadField<T>(ulong address, int offset, out T value)
        where T : unmanaged
        => python.Memory.TryRead(address + _head + (ulong)offset, out value);

    /// <summary><c>isinstance()</c>, also for the classes of 2.7 that have no base.</summary>
    /// <param name="name">With its module: <c>queue.Queue</c>.</param>
    public bool IsInstance(ulong address, string name)
    {
        if (address == 0 || !_objects.TryGetType(address, out TypeInfo type))
        {
            return false;
        }

        ulong key = TryOpenOld(address, type, out ulong old, out _) ? old : type.Address;
        if (!_isInstance.TryGetValue((key, name), out bool found))
        {
            int dot = name.LastIndexOf('.');
            Span<byte> module = stackalloc byte[MaxName];
            Span<byte> own = stackalloc byte[MaxName];
            module = module[..Encoding.ASCII.GetBytes(name.AsSpan(0, dot), module)];
            own = own[..Encoding.ASCII.GetBytes(name.AsSpan(dot + 1), own)];
            found = key == type.Address ? _objects.IsInstance(address, module, own) : IsOld(old, module, own, MaxOldBases);
            _isInstance.Add((key, name), found);
        }

        return found;
    }

    /// <summary>The name of an object's type, with its module, escaped.</summary>
    public string TypeName(ulong address)
    {
        if (address == 0 || !_objects.TryGetType(address, out TypeInfo type))
        {
            return "object";
        }

        ulong key = TryOpenOld(address, type, out ulong old, out _) ? old : type.Address;
        if (!_typeNames.TryGetValue(key, out string? name))
        {
            name = key == type.Address ? ReadTypeName(type) : Text(OldName(old)) ?? "instance";
            if (key != type.Address && OldDict(old) is ulong dict and not 0 && _objects.TryGetDictItem(dict, "__module__"u8, out ulong module) && Text(module) is string text)
            {
                name = text + "." + name;
            }

            _typeNames.Add(key, name);
        }

        return name;
    }

    /// <summary>An object as the objects have it: its address and type.</summary>
    public string Describe(ulong address) => $"{SystemCallContext.Hex(address)} ({TypeName(address)})";

    /// <summary>An object as the lines have it: its type, then its address.</summary>
    public string Show(ulong address) => $"{TypeName(address)} {SystemCallContext.Hex(address)}";

    /// <summary>How many of how many: <c>3 of 10</c>; without a limit how many.</summary>
    public static string Of(long? count, long? most)
        => count is null ? "?" : most is > 0 ? string.Create(CultureInfo.InvariantCulture, $"{count} of {most}") : string.Create(CultureInfo.InvariantCulture, $"{count}");

    // FNV-1a: the names are the readers' own, a few dozen.
    private static ulong HashOf(ReadOnlySpan<byte> name)
    {
        ulong hash = 0xcbf29ce484222325;
        foreach (byte one in name)
        {
            hash = (hash ^ one) * 0x100000001b3;
        }

        return hash;
    }

    private ulong Read(ulong address, ReadOnlySpan<byte> name)
        => !_objects.TryGetType(address, out TypeInfo type) ? 0
            : TryOpenOld(address, type, out _, out ulong dict) ? _objects.TryGetDictItem(dict, name, out ulong old) ? old : 0
            : _objects.TryGetInstanceAttribute(address, type, name, out ulong value) || _objects.TryGetAttribute(address, name, out value) ? value : 0;

    private string ReadTypeName(in TypeInfo type)
    {
        Span<byte> buffer = stackalloc byte[MaxName];
        if (!type.IsHeapType || !_objects.TryGetClassNames(type, out ulong module, out ulong name) || Text(name) is not string own || Text(module) is not string text)
        {
            ReadOnlySpan<byte> plain = _objects.ReadTypeName(type, buffer);
            return plain.IsEmpty ? "object" : TerminalText.Escape(Encoding.UTF8.GetString(plain));
        }

        return text == "builtins" ? own : text + "." + own;
    }

    // Classes without a base in 2.7 (classobject.h): PyInstanceObject has its class and its dict, PyClassObject its bases, dict and name.
    private bool TryOpenOld(ulong address, in TypeInfo type, out ulong old, out ulong dict)
    {
        (old, dict) = (0, 0);
        if (!_objects.IsPython2 || type.IsHeapType || !_objects.IsNamed(type, "builtins"u8, "instance"u8))
        {
            return false;
        }

        Span<ulong> words = stackalloc ulong[2];
        bool isRead = python.Memory.TryRead(address + _head, MemoryMarshal.AsBytes(words));
        (old, dict) = (words[0], words[1]);
        return isRead && old != 0;
    }

    private ulong OldDict(ulong old) => TryReadField(old, sizeof(ulong), out ulong dict) ? dict : 0;

    private ulong OldName(ulong old) => TryReadField(old, 2 * sizeof(ulong), out ulong name) ? name : 0;

    private bool IsOld(ulong old, ReadOnlySpan<byte> module, ReadOnlySpan<byte> name, int left)
    {
        if (OldDict(old) is ulong dict and not 0 && _objects.TryGetDictItem(dict, "__module__"u8, out ulong text) && _objects.IsText(text, module) && _objects.IsText(OldName(old), name))
        {
            return true;
        }

        if (left <= 0 || !TryReadField(old, 0, out ulong tuple) || !_objects.TryGetItems(tuple, out ItemRange bases))
        {
            return false;
        }

        // Only the first: a class of the library is not mixed into others.
        return _objects.TryReadItem(bases, 0, out ulong first) && IsOld(first, module, name, left - 1);
    }
}
