using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Layouts;
using PyStack.Engine.Python.Objects;

namespace PyStack.Engine.Tasks.Frameworks;

/// <summary>A greenlet as it is in memory. Addresses are of objects in the target.</summary>
/// <param name="StackStart">The lower end of its part of the C stack; 1 while it runs, 0 if it has not begun or has ended.</param>
/// <param name="StackStop">The upper end; 0 before it has begun, all bits set for a main greenlet.</param>
/// <param name="StackCopy">Where the lower part of it was copied to, because another greenlet uses that part of the stack.</param>
/// <param name="SavedBytes">How much was copied.</param>
/// <param name="TopFrame">The frame object of its innermost frame; 0 while it runs.</param>
/// <param name="Run">What it will call; to greenlet 1.1 the dict of its thread's state once it has begun.</param>
/// <param name="Group">What it has in common with the other greenlets of its thread: the main greenlet, or to 1.1 that dict; 0 before it has begun.</param>
/// <param name="Current">Of a main greenlet from 2.0 on the one that its thread runs, 0 if the thread has ended; else 0.</param>
internal readonly record struct RawGreenlet(
    ulong Address, ulong StackStart, ulong StackStop, ulong StackCopy, ulong SavedBytes, ulong TopFrame, ulong Parent, ulong Run, ulong Group, ulong Current)
{
    public bool IsMain => StackStop == ulong.MaxValue;

    /// <summary>Whether it has begun, and has not ended.</summary>
    public bool IsActive => StackStart != 0;

    public bool HasEnded => StackStart == 0 && StackStop != 0;

    /// <summary>Whether it runs: it has no saved frame. A main greenlet has none either if its thread has begun it outside of Python.</summary>
    public bool IsRunning => IsActive && TopFrame == 0;
}

/// <summary>Reads greenlets of all versions of greenlet.</summary>
internal sealed class GreenletReader(TaskSearch search)
{
    /// <summary>Greenlets that a layout is looked for in.</summary>
    private const int MaxExamples = 10_000;

    private readonly Dictionary<ulong, ulong> _bases = new(AddressHash.Comparer);
    private readonly byte[] _bytes = new byte[GreenletLayout.Bytes];
    private GreenletLayout? _layout;
    private ulong _base;

    /// <summary>Whether the greenlets are of a version with an object in C++ (2.0 and later).</summary>
    public bool HasImplementation { get; private set; }

    /// <summary>Whether a type is <c>greenlet.greenlet</c>, which is written in C, or inherits from it.</summary>
    public static bool IsGreenletType(ObjectReader objects, in TypeInfo type) => FindBase(objects, type) != 0;

    public bool IsGreenlet(ulong address) => address != 0 && search.Objects.TryGetType(address, out TypeInfo type) && BaseOf(type) != 0;

    /// <summary>Finds out how the greenlets of this process are made. False if that is not known.</summary>
    public bool TryLearn(IReadOnlyList<ulong> greenlets)
    {
        for (int i = 0; i < greenlets.Count && i < MaxExamples; i++)
        {
            ulong address = greenlets[i];
            if (!search.Objects.TryGetType(address, out TypeInfo type) || BaseOf(type) is not (ulong found and not 0) || !TryReadSize(found, out int size))
            {
                continue;
            }

            _base = found;
            HasImplementation = size == search.Python.Layout.Object.VarSize + GreenletLayout.SmallSize;
            if (!HasImplementation)
            {
                _layout = GreenletLayout.Plain(search.Python.Layout.Version, size);
                return _layout is not null;
            }

            // A main greenlet has a pointer to itself after the part whose size is in question; there is one in each thread with greenlets.
            foreach (GreenletLayout layout in GreenletLayout.Of(search.Python.Layout.Version))
            {
                if (TryReadBytes(address) && Word(layout.Stack + sizeof(ulong)) == ulong.MaxValue && Word(layout.MainSelf!.Value) == address && Word(layout.Self!.Value) == address)
                {
                    _layout = layout;
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>Reads a greenlet; false if there is none at this address any more.</summary>
    public bool TryRead(ulong address, out RawGreenlet greenlet)
    {
        greenlet = default;
        if (_layout is not GreenletLayout at || !search.Objects.TryGetType(address, out TypeInfo type) || BaseOf(type) != _base || !TryReadBytes(address))
        {
            return false;
        }

        greenlet = new RawGreenlet(
            address, Word(at.Stack), Word(at.Stack + 8), Word(at.Stack + 16), Word(at.Stack + 24), Word(at.TopFrame), Word(at.Parent), Word(at.Run), Word(at.Run), 0);
        if (greenlet.IsMain)
        {
            greenlet = greenlet with { Parent = 0, Run = 0 };
            if (!HasImplementation)
            {
                return true;
            }

            _ = search.Memory.TryReadPointer(Word(at.ThreadState!.Value) + sizeof(ulong), out ulong current);
            greenlet = greenlet with { Group = address, Current = IsGreenlet(current) ? current : 0 };
            return Word(at.MainSelf!.Value) == address;
        }

        if (HasImplementation)
        {
            ulong main = Word(at.Main!.Value);
            if (Word(at.Self!.Value) != address || (main != 0 && !IsGreenlet(main)))
            {
                return false;
            }

            greenlet = greenlet with { Group = main };
        }
        else if (greenlet.StackStop == 0)
        {
            greenlet = greenlet with { Group = 0 };
        }

        return greenlet.Parent == 0 || IsGreenlet(greenlet.Parent);
    }

    /// <summary>Where the frames of a greenlet begin that does not run; 0 for nowhere.</summary>
    public ulong FrameOf(in RawGreenlet greenlet)
    {
        if (greenlet.TopFrame == 0 || search.Python.Layout.Version.Minor <= 10)
        {
            return greenlet.TopFrame;
        }

        return search.Memory.TryReadPointer(greenlet.TopFrame + (ulong)(search.Python.Layout.Object.VarSize + GreenletLayout.FrameOfObject), out ulong frame) ? frame : 0;
    }

    private static ulong FindBase(ObjectReader objects, in TypeInfo type)
    {
        if (objects.TryGetBases(type, out ItemRange bases))
        {
            for (int i = 0; i < bases.Count; i++)
            {
                // A class of the program's own may have the same name, but none of these fields.
                if (objects.TryReadItem(bases, i, out ulong one)
                    && objects.TryGetTypeAt(one, out TypeInfo inherited)
                    && !inherited.IsHeapType
                    && objects.IsNamed(inherited, "greenlet"u8, "greenlet"u8))
                {
                    return one;
                }
            }
        }

        return 0;
    }

    private ulong BaseOf(in TypeInfo type)
    {
        if (!_bases.TryGetValue(type.Address, out ulong found))
        {
            _bases.Add(type.Address, found = FindBase(search.Objects, type));
        }

        return found;
    }

    // tp_basicsize follows tp_name (cpython/object.h: struct _typeobject).
    private bool TryReadSize(ulong type, out int size)
    {
        bool isRead = search.Memory.TryReadPointer(type + (ulong)search.Python.Layout.Object.TypeName + sizeof(ulong), out ulong value);
        size = (int)Math.Min(value, int.MaxValue);
        return isRead;
    }

    // Of the struct that has the fields; what is after the end of a page that cannot be read is zero.
    private bool TryReadBytes(ulong address)
    {
        if (HasImplementation && (!search.Memory.TryReadPointer(address + (ulong)(search.Python.Layout.Object.VarSize + GreenletLayout.Implementation), out address) || address % sizeof(ulong) != 0))
        {
            return false;
        }

        int count = address == 0 ? 0 : search.Memory.Read(address, _bytes);
        _bytes.AsSpan(count).Clear();
        return count >= GreenletLayout.Bytes / 2;
    }

    private ulong Word(int offset) => BinaryPrimitives.ReadUInt64LittleEndian(_bytes.AsSpan(offset));
}
