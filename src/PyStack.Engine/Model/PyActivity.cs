using System;
using System.Collections.Generic;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace PyStack;

/// <summary>What a process did in an interval: its threads at the end of it, and the functions that ran. It was not stopped for it.</summary>
public sealed class PyActivity
{
    /// <summary>The process id, in the observer's PID namespace.</summary>
    public required int ProcessId { get; init; }

    /// <summary>The process's name as the kernel has it (at most 15 bytes).</summary>
    public string? ProcessName { get; init => field = ModelText.Of(value); }

    /// <summary>The interpreter's version, for example <c>3.12.1</c>.</summary>
    public string PythonVersion { get; init => field = ModelText.Of(value)!; } = "";

    /// <summary>The end of the interval, in local time.</summary>
    public DateTime CapturedAt { get; init; }

    /// <summary>How long the interval was, in seconds.</summary>
    public double IntervalSeconds { get; init; }

    /// <summary>Time on processors of all threads of the process, those without Python included, in percent of the interval: 100 is one processor. Null if that is not known.</summary>
    public double? CpuPercent { get; init; }

    /// <summary>In how much of the interval a thread had the GIL, in percent; null where there is none, or if that is not known.</summary>
    public double? GilPercent { get; init; }

    /// <summary>Samples of each thread in a second, as they were taken.</summary>
    public double SampleRate { get; init; }

    /// <summary>For how many seconds <see cref="Functions"/>, <see cref="Samples"/> and <see cref="Torn"/> count.</summary>
    public double WindowSeconds { get; init; }

    /// <summary>Samples of all threads that <see cref="Functions"/> counts.</summary>
    public long Samples { get; init; }

    /// <summary>Samples that were read while the stack changed: they are counted here and nowhere else.</summary>
    public long Torn { get; init; }

    /// <summary>Which moments of a thread <see cref="Functions"/> counts.</summary>
    public PyProfileMode Mode { get; init; }

    /// <summary>The Python threads, in the order of the interpreter's own list.</summary>
    public PyThreadActivityList Threads { get; init; } = [];

    /// <summary>The functions, those with the most samples of their own first.</summary>
    public PyProfileFunctionList Functions { get; init; } = [];

    /// <summary>What could not be read and what that means, in plain words; empty if all is well.</summary>
    public PyTextList Warnings { get; init; } = [];

    /// <summary>On one line; control characters are escaped.</summary>
    public override string ToString()
        => TerminalText.Escape(string.Create(CultureInfo.InvariantCulture, $"Process {ProcessId} ({ProcessName}): {CpuPercent:0} % CPU, {Threads.Count} threads"));
}

/// <summary>What a thread did in an interval, and its stack at the end of it.</summary>
public sealed class PyThreadActivity
{
    /// <summary>The process id, in the observer's PID namespace.</summary>
    public required int ProcessId { get; init; }

    /// <summary>The native thread id, in the observer's PID namespace; 0 if it cannot be determined.</summary>
    public required int ThreadId { get; init; }

    /// <summary>The thread's OS name (at most 15 bytes), or null.</summary>
    public string? Name { get; init => field = ModelText.Of(value); }

    /// <summary>Its name in the program, <c>threading.Thread.name</c>; null if that is not known.</summary>
    public string? PythonName { get; init => field = ModelText.Of(value); }

    /// <summary>The interpreter that the thread state belongs to: 0 is the main one.</summary>
    public long InterpreterId { get; init; }

    /// <summary>What the kernel's scheduler said of the thread.</summary>
    public PyThreadState State { get; init; }

    /// <summary>Its time on a processor in percent of the interval; null if that is not known, as in the first interval of a thread.</summary>
    public double? CpuPercent { get; init; }

    /// <summary>What the thread has to do with the GIL.</summary>
    public PyGilState Gil { get; init; }

    /// <summary>What the thread waits for; null if it runs, or if that is not known.</summary>
    public PyWait? Wait { get; init; }

    /// <summary>The frames, outermost first.</summary>
    public PyFrameList Frames { get; init; } = [];

    /// <summary>Whether the stack is known to have existed as shown at one moment.</summary>
    public bool IsCoherent { get; init; }

    /// <summary>On one line; control characters are escaped.</summary>
    public override string ToString()
        => TerminalText.Escape(string.Create(CultureInfo.InvariantCulture, $"Thread {ThreadId} ({PythonName ?? Name}): {State}, {(Frames.Count == 0 ? "no stack" : Frames[^1].Function)}"));
}

/// <summary>What threads did in an interval.</summary>
[CollectionBuilder(typeof(PyThreadActivityList), nameof(Create))]
public sealed class PyThreadActivityList : PyList<PyThreadActivity>
{
    /// <summary>A list of the same items.</summary>
    public PyThreadActivityList(IEnumerable<PyThreadActivity>? items)
        : base(items)
    {
    }

    /// <summary>A list of the same items; empty for null.</summary>
    public static implicit operator PyThreadActivityList(PyThreadActivity[]? items) => new(items);

    /// <summary>A list of the same items.</summary>
    public static PyThreadActivityList Create(ReadOnlySpan<PyThreadActivity> items) => new(items.ToArray());
}
