using System;
using System.Runtime.CompilerServices;
using PyStack.Engine.Memory;

namespace PyStack.Engine.Python.Objects;

/// <summary>Types: which an object has, what they are called, which they inherit from.</summary>
internal sealed partial class ObjectReader
{
    /// <summary>Longer names of types and modules are compared by no one.</summary>
    private const int MaxName = 128;

    /// <summary>The type of an object; false where there is no object.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryGetType(ulong address, out TypeInfo type) => _types.TryOf(_memory, address, out type);

    /// <summary>What a type object says of its instances; false where there is no type object.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryGetTypeAt(ulong type, out TypeInfo info) => _types.TryGet(_memory, type, out info);

    /// <summary>Whether an object is of one kind, as an instance of the built-in type or of a class that inherits from it.</summary>
    public bool Is(ulong address, ObjectKind kind) => TryGetType(address, out TypeInfo type) && type.Kind == kind;

    /// <summary>
    /// <c>tp_name</c> of a type, in UTF-8: with its module where it was written in C, without it where a class statement made it. Empty if it cannot be read.
    /// </summary>
    public ReadOnlySpan<byte> ReadTypeName(in TypeInfo type, Span<byte> buffer) => ReadCString(type.Name, buffer, out _);

    /// <summary>Whether an object is an instance of a class, or of one that inherits from it: <c>isinstance()</c> without what classes may say of it themselves.</summary>
    /// <param name="module"><c>__module__</c>, ASCII: <c>builtins</c> for built-in types, also those of 2.7.</param>
    /// <param name="name"><c>__name__</c>, ASCII.</param>
    public bool IsInstance(ulong address, ReadOnlySpan<byte> module, ReadOnlySpan<byte> name) => TryGetType(address, out TypeInfo type) && IsSubclass(type, module, name);

    /// <summary>Whether a type is a class, or inherits from it.</summary>
    /// <inheritdoc cref="IsInstance"/>
    public bool IsSubclass(in TypeInfo type, ReadOnlySpan<byte> module, ReadOnlySpan<byte> name)
    {
        if (IsNamed(type, module, name))
        {
            return true;
        }

        if (!TryGetBases(type, out ItemRange bases))
        {
            return false;
        }

        for (int i = 1; i < bases.Count; i++)
        {
            if (TryReadItem(bases, i, out ulong one) && TryGetTypeAt(one, out TypeInfo inherited) && IsNamed(inherited, module, name))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a type is the one of a module and name.</summary>
    /// <inheritdoc cref="IsInstance"/>
    public bool IsNamed(in TypeInfo type, ReadOnlySpan<byte> module, ReadOnlySpan<byte> name)
    {
        Span<byte> buffer = stackalloc byte[MaxName];
        ReadOnlySpan<byte> found = ReadTypeName(type, buffer);
        int dot = found.LastIndexOf((byte)'.');
        if (dot >= 0)
        {
            return found[..dot].SequenceEqual(module) && found[(dot + 1)..].SequenceEqual(name);
        }

        if (!found.SequenceEqual(name))
        {
            return false;
        }

        return type.IsHeapType
            ? TryGetTypeDict(type, out ulong dict) && TryGetDictItem(dict, "__module__"u8, out ulong text) && IsText(text, module)
            : module.SequenceEqual("builtins"u8);
    }

    /// <summary>The type itself and all that it inherits from, in the order in which attributes are looked for: <c>tp_mro</c>.</summary>
    public bool TryGetBases(in TypeInfo type, out ItemRange bases)
    {
        bases = default;
        return _memory.TryReadPointer(type.Address + (ulong)layout.Values.TypeMro, out ulong tuple)
            && TryGetType(tuple, out TypeInfo tupleType)
            && tupleType.Kind == ObjectKind.Tuple
            && TryGetItems(tuple, tupleType, out bases)
            && bases.Count <= TypeTable.MaxBases * TypeTable.MaxBases;
    }

    // From 3.12 on a type that is part of the interpreter has none here: each interpreter keeps its own.
    private bool TryGetTypeDict(in TypeInfo type, out ulong dict)
        => _memory.TryReadPointer(type.Address + (ulong)layout.Values.TypeDict, out dict) && dict != 0;
}
