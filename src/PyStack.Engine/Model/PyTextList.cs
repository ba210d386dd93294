using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;

namespace PyStack;

/// <summary>Lines of text, such as warnings.</summary>
[CollectionBuilder(typeof(PyTextList), nameof(Create))]
public sealed class PyTextList : PyList<string>
{
    /// <summary>The empty list.</summary>
    internal static readonly PyTextList None = new(null);

    /// <summary>A list of the same items.</summary>
    public PyTextList(IEnumerable<string>? items)
        : base(items?.Select(line => ModelText.Of(line)!))
    {
    }

    /// <summary>A list of the same items; empty for null.</summary>
    public static implicit operator PyTextList(string[]? items) => new(items);

    /// <summary>A list of the same items.</summary>
    public static PyTextList Create(ReadOnlySpan<string> items) => items.IsEmpty ? None : new(items.ToArray());
}
