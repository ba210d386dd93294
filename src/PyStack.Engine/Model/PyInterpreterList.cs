using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;

namespace PyStack;

/// <summary>The Python interpreters of a process.</summary>
[CollectionBuilder(typeof(PyInterpreterList), nameof(Create))]
public sealed class PyInterpreterList : PyList<PyInterpreter>
{
    /// <summary>A list of the same items.</summary>
    public PyInterpreterList(IEnumerable<PyInterpreter>? items)
        : base(items)
    {
    }

    /// <summary>A list of the same items; empty for null.</summary>
    public static implicit operator PyInterpreterList(PyInterpreter[]? items) => new(items);

    /// <summary>A list of the same items.</summary>
    public static PyInterpreterList Create(ReadOnlySpan<PyInterpreter> items) => new(items.ToArray());
}
