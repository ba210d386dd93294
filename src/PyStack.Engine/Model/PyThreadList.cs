using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;

namespace PyStack;

/// <summary>Some threads.</summary>
[CollectionBuilder(typeof(PyThreadList), nameof(Create))]
public sealed class PyThreadList : PyList<PyThread>
{
    /// <summary>A list of the same items.</summary>
    public PyThreadList(IEnumerable<PyThread>? items)
        : base(items)
    {
    }

    /// <summary>A list of the same items; empty for null.</summary>
    public static implicit operator PyThreadList(PyThread[]? items) => new(items);

    /// <summary>A list of the same items.</summary>
    public static PyThreadList Create(ReadOnlySpan<PyThread> items) => new(items.ToArray());
}
