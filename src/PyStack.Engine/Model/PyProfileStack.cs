using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace PyStack;

/// <summary>One stack of a profile, and how often it was seen.</summary>
[SuppressMessage("Naming", "CA1711:Identifiers should not have incorrect suffix", Justification = "It is a call stack.")]
public sealed class PyProfileStack
{
    /// <summary>In how many samples.</summary>
    public long Count { get; init; }

    /// <summary>The same as a part of all samples of the profile that have a stack, 0 to 1.</summary>
    public double Share { get; init; }

    /// <summary>The thread, as the observer counts; 0 if that is not known.</summary>
    public int ThreadId { get; init; }

    /// <summary>The thread's name: the program's, or that of the system.</summary>
    public string? ThreadName { get; init => field = ModelText.Of(value); }

    /// <summary>The <see cref="PyTask.Id"/> of the task that ran; null of a thread's own samples.</summary>
    public string? TaskId { get; init => field = ModelText.Of(value); }

    /// <summary>The name of that task, or null.</summary>
    public string? TaskName { get; init => field = ModelText.Of(value); }

    /// <summary>Whether the thread waited in these samples.</summary>
    public bool IsIdle { get; init; }

    /// <summary>Whether the thread held the GIL in these samples; null if that is not known.</summary>
    public bool? HasGil { get; init; }

    /// <summary>Whether the thread collected garbage in these samples: <c>&lt;garbage collection&gt;</c> is the innermost frame then.</summary>
    public bool IsCollectingGarbage { get; init; }

    /// <summary>The frames, outermost first.</summary>
    public required PyProfileFrameList Frames { get; init; }

    /// <summary>On one line: how often, and the frames; control characters are escaped.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Count} × {Frames}");
}

/// <summary>Stacks of a profile.</summary>
[CollectionBuilder(typeof(PyProfileStackList), nameof(Create))]
public sealed class PyProfileStackList : PyList<PyProfileStack>
{
    /// <summary>A list of the same items.</summary>
    public PyProfileStackList(IEnumerable<PyProfileStack>? items)
        : base(items)
    {
    }

    /// <summary>A list of the same items; empty for null.</summary>
    public static implicit operator PyProfileStackList(PyProfileStack[]? items) => new(items);

    /// <summary>A list of the same items.</summary>
    public static PyProfileStackList Create(ReadOnlySpan<PyProfileStack> items) => new(items.ToArray());
}
