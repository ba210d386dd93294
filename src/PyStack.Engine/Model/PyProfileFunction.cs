using System;
using System.Collections.Generic;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace PyStack;

/// <summary>A function of a profile: in how many samples it was innermost, and in how many it was anywhere in the stack.</summary>
public sealed class PyProfileFunction
{
    /// <summary>The process.</summary>
    public int ProcessId { get; init; }

    /// <summary>Python or native.</summary>
    public PyFrameKind Kind { get; init; }

    /// <summary>The name of the function.</summary>
    public string? Function { get; init => field = ModelText.Of(value); }

    /// <summary>Its qualified name (3.11 and later), or null.</summary>
    public string? QualifiedName { get; init => field = ModelText.Of(value); }

    /// <summary>The source file, or null.</summary>
    public string? File { get; init => field = ModelText.Of(value); }

    /// <summary>Of a native function the binary; else null.</summary>
    public string? Library { get; init => field = ModelText.Of(value); }

    /// <summary>In how many samples it was the innermost frame.</summary>
    public long Self { get; init; }

    /// <summary>In how many samples it was in the stack, each counted once.</summary>
    public long Total { get; init; }

    /// <summary><see cref="Self"/> as a part of all samples that have a stack, 0 to 1.</summary>
    public double SelfShare { get; init; }

    /// <summary><see cref="Total"/> as a part of all samples that have a stack, 0 to 1.</summary>
    public double TotalShare { get; init; }

    /// <summary>On one line: <c>transfer (store.py): 12.5 % self, 80.0 % total</c>; control characters are escaped.</summary>
    public override string ToString()
    {
        string? file = File ?? Library;
        return TerminalText.Escape(string.Create(
            CultureInfo.InvariantCulture, $"{Function}{(file is null ? "" : $" ({file[(file.LastIndexOf('/') + 1)..]})")}: {SelfShare * 100:0.0} % self, {TotalShare * 100:0.0} % total"));
    }
}

/// <summary>Functions of a profile, those with the most samples of their own first.</summary>
[CollectionBuilder(typeof(PyProfileFunctionList), nameof(Create))]
public sealed class PyProfileFunctionList : PyList<PyProfileFunction>
{
    /// <summary>A list of the same items.</summary>
    public PyProfileFunctionList(IEnumerable<PyProfileFunction>? items)
        : base(items)
    {
    }

    /// <summary>A list of the same items; empty for null.</summary>
    public static implicit operator PyProfileFunctionList(PyProfileFunction[]? items) => new(items);

    /// <summary>A list of the same items.</summary>
    public static PyProfileFunctionList Create(ReadOnlySpan<PyProfileFunction> items) => new(items.ToArray());
}
