using System.Collections.Generic;
using PyStack.Engine.Memory;
using PyStack.Engine.Python.Code;
using PyStack.Engine.Python.Objects;
using PyStack.Engine.Waits.Reasons;

namespace PyStack.Engine.Waits.Holders;

/// <summary>Reads what concerns locks in the objects of one CPython.</summary>
internal sealed class LockReader
{
    /// <summary>Attributes of an object of which one may be a lock.</summary>
    private const int MaxAttributes = 64;

    /// <summary>Globals that a function uses, of which one may be the lock.</summary>
    private const int MaxGlobals = 64;

    /// <summary>What a condition calls before it waits (Lib/threading.py).</summary>
    private const string ConditionRelease = "_release_save";

    private readonly LockFamily _family;

    public LockReader(PythonReader python, LockFamily family)
    {
        (Python, _family) = (python, family);
        Objects = new LockObjects(python);
        Statements = new WithReader(python);
        Managers = new ContextManagers(python, this, family);
        Slept = new SleptLock(this);
    }

    public PythonReader Python { get; }

    public LockObjects Objects { get; }

    public WithReader Statements { get; }

    public ContextManagers Managers { get; }

    public SleptLock Slept { get; }

    /// <summary>What an object is.</summary>
    public LockKind KindOf(ulong address) => _family.KindOf(Python, Objects, address);

    /// <summary>Whether the function of a frame gives locks back by hand, and has a lock at hand: in a variable or a global, or as an attribute of one.</summary>
    /// <param name="isItsOwn">Whether it is known to have the lock.</param>
    public bool MayGiveBack(ulong frame, ulong address, bool isItsOwn = false)
    {
        if (Managers.Names.OfFrame(frame) is not HashSet<string> names)
        {
            return true;
        }

        if (!GivesBack(names))
        {
            return false;
        }

        if (AtHand(frame, names) is not List<ulong> values)
        {
            return true;
        }

        // Another lock or semaphore that the same function gives back explains the name as well.
        return (isItsOwn || values.Exists(value => IsOrHas(value, address, out _)))
            && (names.Contains(ConditionRelease) || !values.Exists(value => CanRelease(value, names, address)));
    }

    /// <summary>Whether a function gives a lock back.</summary>
    /// <param name="names">Those that it uses.</param>
    public static bool GivesBack(HashSet<string> names) => names.Contains("release") || names.Contains(ConditionRelease);

    // Whether an object, or one of its attributes that the function names, has a method release() and is not the lock.
    private bool CanRelease(ulong value, HashSet<string> names, ulong address)
    {
        if (value == address || !Python.Objects.TryGetType(value, out TypeInfo type))
        {
            return false;
        }

        if (HasRelease(value, type))
        {
            return true;
        }

        if (type.Kind != ObjectKind.Other || !type.IsHeapType || !Python.Objects.TryOpenAttributes(value, type, out DictEntries entries))
        {
            return false;
        }

        for (int i = 0; i < MaxAttributes && Python.Objects.TryNext(ref entries, out ulong key, out ulong item); i++)
        {
            if (item != address && Python.Objects.TryReadText(key, out string name) && names.Contains(name) && Python.Objects.TryGetType(item, out TypeInfo inner) && HasRelease(item, inner))
            {
                return true;
            }
        }

        return false;
    }

    private bool HasRelease(ulong value, in TypeInfo type)
        => KindOf(value) != LockKind.None || (type.Kind == ObjectKind.Other && type.IsHeapType && Python.Objects.TryGetClassAttribute(type, "release"u8, out _));

    // What the function has in its variables, and in the globals that it names; null if that cannot be read whole.
    private List<ulong>? AtHand(ulong frame, HashSet<string> names)
    {
        if (names.Count > MaxGlobals
            || !Python.TryReadCode(frame, out CodeVariables? code)
            || !Python.Memory.TryReadPointer(frame + (ulong)Python.Layout.Locals.FrameGlobals, out ulong globals))
        {
            return null;
        }

        List<ulong> found = [];
        for (int slot = 0; slot < code.Count; slot++)
        {
            if (Python.Memory.TryReadPointer(frame + (ulong)Python.Layout.Locals.FrameSlots + ((ulong)slot * sizeof(ulong)), out ulong value))
            {
                value &= ~Python.Layout.Locals.TagMask;
                found.Add(code.IsCell(slot) && Python.Objects.TryGetCellContent(value, out ulong content) ? content : value);
            }
        }

        foreach (string name in names)
        {
            if (Python.Objects.TryGetDictItem(globals, CodeNames.Bytes(name), out ulong value))
            {
                found.Add(value);
            }
        }

        return found;
    }

    /// <summary>Whether an object is a lock, a bound method of it, or has it as an attribute.</summary>
    /// <param name="attribute">The name of the attribute; null if the object is the lock itself.</param>
    public bool IsOrHas(ulong value, ulong address, out string? attribute)
    {
        attribute = null;
        if (value == address || (Statements.TryReadBound(value, out ExitCall call) && call.Self == address))
        {
            return true;
        }

        if (!Python.Objects.TryGetType(value, out TypeInfo type) || type.Kind != ObjectKind.Other || !type.IsHeapType || !Python.Objects.TryOpenAttributes(value, type, out DictEntries entries))
        {
            return false;
        }

        for (int i = 0; i < MaxAttributes && Python.Objects.TryNext(ref entries, out ulong key, out ulong item); i++)
        {
            if (item == address)
            {
                attribute = Python.Objects.TryReadText(key, out string name) ? name : "?";
                return true;
            }
        }

        return false;
    }
}
