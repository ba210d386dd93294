using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;

namespace PyStack;

/// <summary>Some tasks.</summary>
[CollectionBuilder(typeof(PyTaskList), nameof(Create))]
public sealed class PyTaskList : PyList<PyTask>
{
    /// <summary>A list of the same items.</summary>
    public PyTaskList(IEnumerable<PyTask>? items)
        : base(items)
    {
    }

    /// <summary>A list of the same items; empty for null.</summary>
    public static implicit operator PyTaskList(PyTask[]? items) => new(items);

    /// <summary>A list of the same items.</summary>
    public static PyTaskList Create(ReadOnlySpan<PyTask> items) => new(items.ToArray());
}
