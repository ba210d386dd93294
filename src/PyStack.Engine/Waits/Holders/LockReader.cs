using System.Collections.Generic;
using PyStack.Engine.Python.Objects;
using PyStack.Engine.Waits.Reasons;

namespace PyStack.Engine.Waits.Holders;

/// <summary>Reads what concerns locks in the objects of one CPython.</summary>
internal sealed class LockReader
{
    /// <summary>Attributes of an object of which one may be a lock.</summary>
    private const int MaxAttributes = 64;

    public LockReader(PythonReader python)
    {
        Python = python;
        Objects = new LockObjects(python);
        Statements = new WithReader(python);
        Managers = new ContextManagers(python, Objects, Statements);
    }

    public PythonReader Python { get; }

    public LockObjects Objects { get; }

    public WithReader Statements { get; }

    public ContextManagers Managers { get; }

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

    /// <summary>Whether an object other than a lock, or one of its attributes that a function names, has a method <c>release()</c>.</summary>
    /// <param name="names">The names that the function uses.</param>
    /// <param name="address">Of the lock.</param>
    public bool CanRelease(ulong value, HashSet<string> names, ulong address)
    {
        if (value == address || !Python.Objects.TryGetType(value, out TypeInfo type))
        {
            return false;
        }

        if (Objects.KindOf(value) != LockKind.None)
        {
            return true;
        }

        if (type.Kind != ObjectKind.Other || !type.IsHeapType)
        {
            return false;
        }

        if (Python.Objects.TryGetClassAttribute(type, "release"u8, out _))
        {
            return true;
        }

        if (!Python.Objects.TryOpenAttributes(value, type, out DictEntries entries))
        {
            return false;
        }

        for (int i = 0; i < MaxAttributes && Python.Objects.TryNext(ref entries, out ulong key, out ulong item); i++)
        {
            if (item != address
                && Python.Objects.TryReadText(key, out string name)
                && names.Contains(name)
                && (Objects.KindOf(item) != LockKind.None
                    || (Python.Objects.TryGetType(item, out TypeInfo inner) && inner.IsHeapType && Python.Objects.TryGetClassAttribute(inner, "release"u8, out _))))
            {
                return true;
            }
        }

        return false;
    }
}
