using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;

namespace PyStack;

/// <summary>The files that the process of a core had mapped.</summary>
[CollectionBuilder(typeof(PyCoreFileList), nameof(Create))]
public sealed class PyCoreFileList : PyList<PyCoreFile>
{
    /// <summary>A list of the same items.</summary>
    public PyCoreFileList(IEnumerable<PyCoreFile>? items)
        : base(items)
    {
    }

    /// <summary>A list of the same items; empty for null.</summary>
    public static implicit operator PyCoreFileList(PyCoreFile[]? items) => new(items);

    /// <summary>A list of the same items.</summary>
    public static PyCoreFileList Create(ReadOnlySpan<PyCoreFile> items) => new(items.ToArray());
}
