using System;
using System.Collections.Generic;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace PyStack;

/// <summary>Where the time of a process went: stacks that were read many times, without stopping it.</summary>
public sealed class PyProfile
{
    /// <summary>The process id, in the observer's PID namespace.</summary>
    public required int ProcessId { get; init; }

    /// <summary>The process's name as the kernel has it (at most 15 bytes).</summary>
    public string? ProcessName { get; init => field = ModelText.Of(value); }

    /// <summary>The interpreter's version, for example <c>3.12.1</c>.</summary>
    public string PythonVersion { get; init => field = ModelText.Of(value)!; } = "";

    /// <summary>When the first sample was taken, in local time.</summary>
    public DateTime StartedAt { get; init; }

    /// <summary>From the first sample to the last, in seconds. In PowerShell also as a time span, <c>Duration</c>, which is not serialized.</summary>
    public double DurationSeconds { get; init; }

    /// <summary>The same as a time span.</summary>
    internal TimeSpan Duration => TimeSpan.FromSeconds(DurationSeconds);

    /// <summary>Samples of each thread in a second, as asked for.</summary>
    public double Rate { get; init; }

    /// <summary>Samples of each thread in a second, as they were taken.</summary>
    public double AchievedRate { get; init; }

    /// <summary>Samples of all threads that have a stack: the sum of <see cref="PyProfileStack.Count"/>.</summary>
    public long Samples { get; init; }

    /// <summary>Samples that were read while the stack changed: they are counted here and nowhere else.</summary>
    public long Torn { get; init; }

    /// <summary>Samples that were not taken because the time for them had passed.</summary>
    public long Missed { get; init; }

    /// <summary>Samples that are not counted because of <see cref="Mode"/>: the thread waited, or did not have the GIL.</summary>
    public long Excluded { get; init; }

    /// <summary>The processor time that it took to take the samples of all processes that were measured together, in seconds.</summary>
    public double SamplerCpuSeconds { get; init; }

    /// <summary>Which moments are counted.</summary>
    public PyProfileMode Mode { get; init; }

    /// <summary>The different stacks, the most frequent first.</summary>
    public PyProfileStackList Stacks { get; init; } = [];

    /// <summary>The functions, those with the most samples of their own first.</summary>
    public PyProfileFunctionList Functions { get; init; } = [];

    /// <summary>The source files of the frames as they were at the end, as far as the process's user may read them.</summary>
    public PyProfileSourceList Sources { get; init; } = [];

    /// <summary>What could not be read and what that means, in plain words; empty if all is well.</summary>
    public PyTextList Warnings { get; init; } = [];

    /// <summary>On one line: process, time, samples; control characters are escaped.</summary>
    public override string ToString()
        => TerminalText.Escape(string.Create(
            CultureInfo.InvariantCulture, $"Profile of process {ProcessId} ({ProcessName}): {Samples} samples in {DurationSeconds:0.0##} s, {AchievedRate:0} a second, {Stacks.Count} different stacks"));
}

/// <summary>The text of a source file of a profile.</summary>
public sealed class PyProfileSource
{
    /// <summary>The file, as the frames name it.</summary>
    public required string File { get; init => field = ModelText.Of(value)!; }

    /// <summary>Its text; of a long file as far as it is needed. A form feed, which is white space there, is a blank.</summary>
    public required string Text { get; init => field = ModelText.OfSource(value)!; }

    /// <summary>Whether the file was changed after the process began.</summary>
    public bool IsNewer { get; init; }

    /// <summary>The file.</summary>
    public override string ToString() => TerminalText.Escape(File);
}

/// <summary>Source files of a profile.</summary>
[CollectionBuilder(typeof(PyProfileSourceList), nameof(Create))]
public sealed class PyProfileSourceList : PyList<PyProfileSource>
{
    /// <summary>A list of the same items.</summary>
    public PyProfileSourceList(IEnumerable<PyProfileSource>? items)
        : base(items)
    {
    }

    /// <summary>A list of the same items; empty for null.</summary>
    public static implicit operator PyProfileSourceList(PyProfileSource[]? items) => new(items);

    /// <summary>A list of the same items.</summary>
    public static PyProfileSourceList Create(ReadOnlySpan<PyProfileSource> items) => new(items.ToArray());
}
