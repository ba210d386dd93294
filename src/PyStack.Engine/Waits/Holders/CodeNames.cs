using System.Collections.Generic;
using System.Text;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Objects;
using PyStack.Engine.Waits.Reasons;

namespace PyStack.Engine.Waits.Holders;

/// <summary>The names of attributes and globals that functions use: <c>co_names</c>.</summary>
internal sealed class CodeNames(PythonReader python)
{
    /// <summary>A function with more is not judged.</summary>
    private const int MaxNames = 512;

    private readonly Dictionary<ulong, HashSet<string>?> _known = new(AddressHash.Comparer);

    /// <summary>The names of a function that was written in Python; null if it is none, or they cannot be read.</summary>
    public HashSet<string>? OfFunction(ulong function)
        => python.Objects.Is(function, ObjectKind.Function) && python.Memory.TryReadPointer(function + (ulong)python.Layout.Locks.FunctionCode, out ulong code) ? OfCode(code) : null;

    /// <summary>The names of the function that a frame runs.</summary>
    public HashSet<string>? OfFrame(ulong frame)
        => python.Memory.TryReadPointer(frame + (ulong)python.Layout.Frame.Code, out ulong code) ? OfCode(code & ~python.Layout.Frame.CodeTagMask) : null;

    /// <summary>A name as the object reader compares it.</summary>
    public static byte[] Bytes(string name) => Encoding.UTF8.GetBytes(name);

    private HashSet<string>? OfCode(ulong code)
    {
        if (!_known.TryGetValue(code, out HashSet<string>? names))
        {
            names = Read(code);
            _known.Add(code, names);
        }

        return names;
    }

    private HashSet<string>? Read(ulong code)
    {
        if (!python.Memory.TryReadPointer(code + (ulong)python.Layout.With.Names, out ulong tuple)
            || !python.Objects.Is(tuple, ObjectKind.Tuple)
            || !python.Objects.TryGetItems(tuple, out ItemRange items)
            || items.Count > MaxNames)
        {
            return null;
        }

        HashSet<string> names = [];
        for (int i = 0; i < items.Count; i++)
        {
            if (!python.Objects.TryReadItem(items, i, out ulong item) || !python.Objects.TryReadText(item, out string name))
            {
                return null;
            }

            names.Add(name);
        }

        return names;
    }
}
