using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;

namespace PyStack;

/// <summary>The frames of a stack, outermost first. As text they are what <see cref="PyThread.ToString"/> shows of them.</summary>
[CollectionBuilder(typeof(PyFrameList), nameof(Create))]
public sealed class PyFrameList : PyList<PyFrame>
{
    /// <summary>A list of the same items.</summary>
    public PyFrameList(IEnumerable<PyFrame>? items)
        : base(items)
    {
    }

    /// <summary>The frames on one line, the outermost first: <c>main (app.py:17) &gt; first (app.py:6)</c>; of more than 1,000 the middle ones are left out.</summary>
    public override string ToString() => StackText.Of(this);

    /// <summary>A list of the same items; empty for null.</summary>
    public static implicit operator PyFrameList(PyFrame[]? items) => new(items);

    /// <summary>A list of the same items.</summary>
    public static PyFrameList Create(ReadOnlySpan<PyFrame> items) => new(items.ToArray());
}
