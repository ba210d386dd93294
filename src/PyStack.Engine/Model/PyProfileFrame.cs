using System;
using System.Collections.Generic;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace PyStack;

/// <summary>One frame of a stack of a profile.</summary>
public sealed class PyProfileFrame
{
    /// <summary>Python or native.</summary>
    public PyFrameKind Kind { get; init; }

    /// <summary>The name of the function.</summary>
    public string? Function { get; init => field = ModelText.Of(value); }

    /// <summary>Its qualified name (3.11 and later), or null.</summary>
    public string? QualifiedName { get; init => field = ModelText.Of(value); }

    /// <summary>The source file, or null.</summary>
    public string? File { get; init => field = ModelText.Of(value); }

    /// <summary>The line that ran, or null.</summary>
    public int? Line { get; init; }

    /// <summary>Of a native frame the binary; else null.</summary>
    public string? Library { get; init => field = ModelText.Of(value); }

    /// <summary>On one line: <c>transfer (store.py:16)</c>; control characters are escaped.</summary>
    public override string ToString()
    {
        string? file = File ?? Library;
        string place = file is null ? "" : string.Create(CultureInfo.InvariantCulture, $" ({file[(file.LastIndexOf('/') + 1)..]}{(Line is int line ? $":{line}" : "")})");
        return TerminalText.Escape(Function + place);
    }
}

/// <summary>The frames of a stack of a profile, outermost first.</summary>
[CollectionBuilder(typeof(PyProfileFrameList), nameof(Create))]
public sealed class PyProfileFrameList : PyList<PyProfileFrame>
{
    /// <summary>A list of the same items.</summary>
    public PyProfileFrameList(IEnumerable<PyProfileFrame>? items)
        : base(items)
    {
    }

    private protected override string Separator => " > ";

    /// <summary>A list of the same items; empty for null.</summary>
    public static implicit operator PyProfileFrameList(PyProfileFrame[]? items) => new(items);

    /// <summary>A list of the same items.</summary>
    public static PyProfileFrameList Create(ReadOnlySpan<PyProfileFrame> items) => new(items.ToArray());
}
