using System;
using System.Text;
using PyStack.Engine.Memory;
using PyStack.Engine.Python.Objects;
using PyStack.Engine.Waits.SystemCalls;

namespace PyStack.Engine.Waits.Reasons;

/// <summary>What the readers of reasons ask of an object: attributes by name, and short, escaped texts of them.</summary>
internal static class ReasonObjects
{
    /// <summary>Characters of a name that are shown.</summary>
    private const int MaxText = 80;

    private const int MaxAttribute = 64;

    /// <summary>Reads an attribute.</summary>
    /// <param name="names">ASCII: the first that the object has counts; 2.7 has other names for some.</param>
    public static bool TryGet(this PythonReader python, ulong address, out ulong value, params ReadOnlySpan<string> names)
    {
        Span<byte> ascii = stackalloc byte[MaxAttribute];
        foreach (string name in names)
        {
            ReadOnlySpan<byte> wanted = ascii[..Encoding.ASCII.GetBytes(name, ascii)];
            if ((python.Objects.TryGetAttribute(address, wanted, out value) || python.TryGetOld(address, wanted, out value)) && !python.Objects.Is(value, ObjectKind.None))
            {
                return true;
            }
        }

        value = 0;
        return false;
    }

    // 2.7, an instance of a class without bases (Include/classobject.h, PyInstanceObject): after the head in_class, in_dict.
    private static bool TryGetOld(this PythonReader python, ulong address, ReadOnlySpan<byte> name, out ulong value)
    {
        value = 0;
        return python.IsOldInstance(address)
            && python.Memory.TryReadPointer(address + (ulong)python.Layout.Object.VarSize + sizeof(ulong), out ulong dict)
            && python.Objects.TryGetDictItem(dict, name, out value);
    }

    private static bool IsOldInstance(this PythonReader python, ulong address)
    {
        Span<byte> buffer = stackalloc byte[16];
        return python.Objects.IsPython2 && python.Objects.TryGetType(address, out TypeInfo type) && !type.IsHeapType && python.Objects.ReadTypeName(type, buffer).SequenceEqual("instance"u8);
    }

    /// <summary>Reads an attribute that is a number.</summary>
    /// <inheritdoc cref="TryGet"/>
    public static bool TryGetNumber(this PythonReader python, ulong address, out long value, params ReadOnlySpan<string> names)
    {
        value = 0;
        return python.TryGet(address, out ulong number, names) && python.Objects.TryReadInt64(number, out value);
    }

    /// <summary>An attribute that is a text, escaped; null where there is none.</summary>
    /// <inheritdoc cref="TryGet"/>
    public static string? GetText(this PythonReader python, ulong address, params ReadOnlySpan<string> names)
        => python.TryGet(address, out ulong text, names) ? python.TextOf(text) : null;

    /// <summary>A text object, escaped; null where it is none.</summary>
    public static string? TextOf(this PythonReader python, ulong address)
        => python.Objects.IsText(address) && python.Objects.TryReadText(address, out string text) ? TerminalText.Escape(text.Length > MaxText ? text[..MaxText] + "..." : text) : null;

    /// <summary>How many items a deque, list, dict or set has; -1 for anything else.</summary>
    public static long CountOf(this PythonReader python, ulong address)
    {
        if (!python.Objects.TryGetType(address, out TypeInfo type))
        {
            return -1;
        }

        return type.Kind == ObjectKind.Deque && python.Objects.TryOpenDeque(address, out DequeItems deque) ? deque.Count
            : type.Kind is ObjectKind.Set or ObjectKind.FrozenSet && python.Objects.TryOpenSet(address, out SetItems set) ? set.Count
            : type.Kind is ObjectKind.List or ObjectKind.Tuple && python.Objects.TryGetItems(address, type, out ItemRange items) ? items.Count
            : -1;
    }

    /// <summary>Whether an object is an instance of one of some classes of a module, or inherits from one.</summary>
    /// <param name="names">ASCII.</param>
    public static bool IsOf(this PythonReader python, ulong address, string module, params ReadOnlySpan<string> names)
    {
        Span<byte> ascii = stackalloc byte[2 * MaxAttribute];
        int split = Encoding.ASCII.GetBytes(module, ascii);
        foreach (string name in names)
        {
            int length = Encoding.ASCII.GetBytes(name, ascii[split..]);
            if (python.Objects.IsInstance(address, ascii[..split], ascii.Slice(split, length)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The name of an object's class without its module, escaped.</summary>
    public static string ClassOf(this PythonReader python, ulong address)
    {
        Span<byte> buffer = stackalloc byte[MaxText];
        if (!python.Objects.TryGetType(address, out TypeInfo type))
        {
            return "object";
        }

        // PyClassObject: after the head cl_bases, cl_dict, cl_name.
        if (python.IsOldInstance(address)
            && python.Memory.TryReadPointer(address + (ulong)python.Layout.Object.VarSize, out ulong old)
            && python.Memory.TryReadPointer(old + (ulong)python.Layout.Object.VarSize + (2 * sizeof(ulong)), out ulong oldName)
            && python.TextOf(oldName) is string text)
        {
            return text;
        }

        ReadOnlySpan<byte> name = python.Objects.ReadTypeName(type, buffer);
        name = name[(name.LastIndexOf((byte)'.') + 1)..];
        return name.IsEmpty ? "object" : TerminalText.Escape(Encoding.UTF8.GetString(name));
    }

    /// <summary>An object as <see cref="PyWait.Object"/> has it: its address and class.</summary>
    public static string ObjectText(this PythonReader python, ulong address) => $"{SystemCallContext.Hex(address)} ({python.ClassOf(address)})";

    /// <summary>The object in the first argument of a method, if it is an instance of one of some classes.</summary>
    /// <param name="names">ASCII.</param>
    public static bool TryGetSelf(this PythonWait wait, int index, out ulong self, string module, params ReadOnlySpan<string> names)
        => wait.Stack.TryGetVariable(index, "self", out self) && wait.Python.IsOf(self, module, names);
}
