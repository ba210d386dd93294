using System;
using PyStack.Engine.Memory;

namespace PyStack.Engine.Python.Objects;

/// <summary>
/// Attributes by their ASCII names, as far as no code has to be run for them: what an instance has in its dict or in slots, what its class has as a plain value, and the names
/// of modules and classes. No properties, and nothing of <c>__getattr__</c>.
/// </summary>
internal sealed partial class ObjectReader
{
    // Member types (Include/structmember.h; descrobject.h from 3.12): T_OBJECT, T_OBJECT_EX.
    private const int ObjectMember = 6;
    private const int ObjectOrErrorMember = 16;

    // PyMemberDef (structmember.h; descrobject.h from 3.12): name, type, offset.
    private const int MemberType = 8;
    private const int MemberOffset = 16;

    /// <summary>sizeof(PyMemberDef)</summary>
    private const int MemberSize = 40;

    /// <summary>No instance is larger than this before its dict and slots end.</summary>
    private const long MaxMemberOffset = 1 << 20;

    /// <summary>Reads an attribute of an instance, a module or a class: what <c>object.name</c> gives where it runs no code.</summary>
    /// <param name="name">ASCII.</param>
    public bool TryGetAttribute(ulong address, ReadOnlySpan<byte> name, out ulong value)
    {
        value = 0;
        if (!TryGetType(address, out TypeInfo type))
        {
            return false;
        }

        if (TryGetInstanceAttribute(address, type, name, out value)
            || (type.Kind == ObjectKind.Class && TryGetTypeAt(address, out TypeInfo itself) && TryGetClassAttribute(itself, name, out value)))
        {
            return true;
        }

        if (!TryGetClassAttribute(type, name, out ulong found) || !TryGetType(found, out TypeInfo foundType))
        {
            return false;
        }

        if (IsMember(foundType))
        {
            return TryReadMember(found, address, out value);
        }

        // What has a __get__ is bound by code: functions, properties.
        bool isPlain = _memory.TryReadPointer(foundType.Address + (ulong)layout.Values.TypeDescriptorGet, out ulong get) && get == 0;
        value = isPlain ? found : 0;
        return isPlain;
    }

    /// <summary>Reads what an instance or a module has in its dict, or where its version keeps attributes without one.</summary>
    /// <inheritdoc cref="TryGetAttribute"/>
    public bool TryGetInstanceAttribute(ulong address, in TypeInfo type, ReadOnlySpan<byte> name, out ulong value)
        => InstanceAttributes.TryFind(_memory, layout, address, type, name, ref _placesLeft, out value);

    /// <inheritdoc cref="TryGetInstanceAttribute(ulong, in TypeInfo, ReadOnlySpan{byte}, out ulong)"/>
    /// <param name="guess">Where it may be; where it was found, afterwards.</param>
    public bool TryGetInstanceAttribute(ulong address, in TypeInfo type, ReadOnlySpan<byte> name, ref EntryGuess guess, out ulong value)
    {
        value = 0;
        return TryOpenAttributes(address, type, out DictEntries entries) && TryFind(entries, name, ref guess, out value);
    }

    /// <summary>All that an instance or a module has in its dict, or where its version keeps attributes without one; false where it has none.</summary>
    public bool TryOpenAttributes(ulong address, in TypeInfo type, out DictEntries entries) => InstanceAttributes.TryOpen(_memory, layout, address, type, out entries);

    /// <summary>Reads what a class or one of its bases has under a name, descriptors as they are. From 3.12 on not for types that are part of the interpreter.</summary>
    /// <inheritdoc cref="TryGetAttribute"/>
    public bool TryGetClassAttribute(in TypeInfo type, ReadOnlySpan<byte> name, out ulong value)
    {
        value = 0;
        if (!TryGetBases(type, out ItemRange bases))
        {
            return false;
        }

        for (int i = 0; i < bases.Count; i++)
        {
            if (TryReadItem(bases, i, out ulong one)
                && TryGetTypeAt(one, out TypeInfo info)
                && TryGetTypeDict(info, out ulong dict)
                && TryGetDictItem(dict, name, out value))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Finds a module that has been imported: in <c>sys.modules</c>.</summary>
    /// <param name="interpreter">A <c>PyInterpreterState</c>.</param>
    /// <param name="name">Its whole name, ASCII.</param>
    public bool TryFindModule(ulong interpreter, ReadOnlySpan<byte> name, out ulong module)
    {
        EntryGuess nowhere = default;
        return TryFindModule(interpreter, name, ref nowhere, out module);
    }

    /// <inheritdoc cref="TryFindModule(ulong, ReadOnlySpan{byte}, out ulong)"/>
    /// <param name="guess">Where it may be; where it was found, afterwards.</param>
    public bool TryFindModule(ulong interpreter, ReadOnlySpan<byte> name, ref EntryGuess guess, out ulong module)
    {
        module = 0;
        return _memory.TryReadPointer(interpreter + (ulong)layout.Interpreter.Modules, out ulong modules)
            && TryOpenDict(modules, out DictEntries entries)
            && TryFind(entries, name, ref guess, out module);
    }

    /// <summary>Finds a slot of a class (<c>__slots__</c>): where its instances have the attribute.</summary>
    /// <param name="offset">Bytes from the beginning of an instance.</param>
    public bool TryFindSlot(in TypeInfo type, ReadOnlySpan<byte> name, out long offset)
    {
        offset = 0;
        return TryGetClassAttribute(type, name, out ulong found) && TryGetType(found, out TypeInfo foundType) && IsMember(foundType) && TryReadMemberOffset(found, out offset);
    }

    private bool IsMember(in TypeInfo type)
    {
        Span<byte> name = stackalloc byte[32];
        return !type.IsHeapType && ReadTypeName(type, name).SequenceEqual("member_descriptor"u8);
    }

    // PyMemberDescrObject (descrobject.h): d_type, d_name, from 3.3 d_qualname, then d_member.
    private bool TryReadMember(ulong descriptor, ulong instance, out ulong value)
    {
        value = 0;
        return TryReadMemberOffset(descriptor, out long offset) && _memory.TryReadPointer(instance + (ulong)offset, out value) && value != 0;
    }

    private bool TryReadMemberOffset(ulong descriptor, out long offset)
    {
        offset = 0;
        return TryReadField(descriptor, (IsPython2 ? 2 : 3) * sizeof(ulong), out ulong member)
            && _memory.TryRead(member + MemberType, out int type)
            && type is ObjectMember or ObjectOrErrorMember
            && _memory.TryRead(member + MemberOffset, out offset)
            && offset is > 0 and < MaxMemberOffset;
    }
}
