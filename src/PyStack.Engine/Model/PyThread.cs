using System;

namespace PyStack;

/// <summary>One thread of one interpreter, with its stack, at the moment of the capture.</summary>
public sealed class PyThread
{
    /// <summary>The process id, in the observer's PID namespace.</summary>
    public required int ProcessId { get; init; }

    /// <summary>The process's name as the kernel has it (at most 15 bytes).</summary>
    public string? ProcessName { get; init => field = ModelText.Of(value); }

    /// <summary>The native thread id, in the observer's PID namespace; 0 if the thread has ended or cannot be determined.</summary>
    public required int ThreadId { get; init; }

    /// <summary>The thread's OS name (at most 15 bytes), or null.</summary>
    public string? Name { get; init => field = ModelText.Of(value); }

    /// <summary>
    /// Its name in the program, <c>threading.Thread.name</c>: not cut, and whatever the program has given it. Null if the module <c>threading</c> does not know the thread, or is not
    /// imported. It is read after the pause.
    /// </summary>
    public string? PythonName { get; init => field = ModelText.Of(value); }

    /// <summary>Whether it was read from a running process or from a core.</summary>
    public PySource Source { get; init; }

    /// <summary>The core file that it was read from; null for a running process.</summary>
    public string? Path { get; init => field = ModelText.Of(value); }

    /// <summary>The program that it was read from; null for a core, and of an object that was serialized.</summary>
    internal ProgramIdentity? Program { get; init; }

    /// <summary>What the core says about the process, as lines of text; empty for a running process. <c>Get-PyCore</c> has it as an object.</summary>
    public PyTextList CoreSummary { get; init; } = [];

    /// <summary>The interpreter that the thread state belongs to: 0 is the main one, -1 a thread that Python does not know.</summary>
    public long InterpreterId { get; init; }

    /// <summary>How many interpreters of the process have threads.</summary>
    public int InterpreterCount { get; init; } = 1;

    /// <summary>Which of the OS thread's states this is, the first being 0: one thread can be in several interpreters, one nested in the other.</summary>
    public int Part { get; init; }

    /// <summary>How many CPythons are in the process: nearly always 1. Each has interpreters 0, 1, … of its own.</summary>
    public int RuntimeCount { get; init; } = 1;

    /// <summary>Which of the process's CPythons the thread state belongs to, the first being 0; they are in that order in <see cref="PyProcess.Interpreters"/>.</summary>
    public int RuntimeIndex { get; init; }

    /// <summary>The interpreter's version, for example <c>3.12.1</c>.</summary>
    public required string PythonVersion { get; init => field = ModelText.Of(value)!; }

    /// <summary>What the thread has to do with the GIL.</summary>
    public PyGilState Gil { get; init; }

    /// <summary>Whether this thread runs the cyclic garbage collector; null where it cannot be determined.</summary>
    public bool? IsCollectingGarbage { get; init; }

    /// <summary>Whether the thread has ended and only its thread state is left.</summary>
    public bool IsTerminated { get; init; }

    /// <summary>What the kernel's scheduler said of the thread at the capture, before it was stopped if it was. Nearly always unknown in a core.</summary>
    public PyThreadState State { get; init; }

    /// <summary>
    /// How long the thread has run on a processor so far, in user and in kernel mode, in seconds, to a hundredth; null if that is not known. In PowerShell also as a time span,
    /// <c>CpuTime</c>, which is not serialized.
    /// </summary>
    public double? CpuSeconds { get; init; }

    /// <summary>The same as a time span.</summary>
    internal TimeSpan? CpuTime
    {
        get => CpuSeconds is double seconds ? TimeSpan.FromSeconds(seconds) : null;
        init => CpuSeconds = value?.TotalSeconds;
    }

    /// <summary>
    /// The exception that the thread handled, the innermost if there are several: what <c>sys.exc_info()</c> returned in it, as the last line of a traceback has it,
    /// <c>KeyError: 'x'</c>. Control characters are escaped, secrets hidden, and a long message is cut. It is made of the exception's arguments, since no code of the
    /// target is run: not by a <c>__str__</c> of its class. Null if it handled none, and, with a warning, if the exception was gone before it could be read.
    /// </summary>
    public string? Exception { get; init => field = ModelText.Of(value); }

    /// <summary>Whether native and Python frames could be merged; null if no native frames were asked for or none could be obtained.</summary>
    public bool? IsMerged { get; init; }

    /// <summary>What is in the brackets of the traceback's header; empty if nothing is known.</summary>
    public string Status { get; init => field = ModelText.Of(value)!; } = "";

    /// <summary>The frames, outermost first.</summary>
    public required PyFrameList Frames { get; init; }

    /// <summary>
    /// What the thread waits for, as the kernel has it a moment after the frames were read; null if it runs, if that is not known, and of the outer ones of a thread's
    /// states in several interpreters.
    /// </summary>
    public PyWait? Wait { get; init; }

    /// <summary>
    /// In a series of captures (<c>Get-PyStack -Count -Interval</c>): since when, in seconds before this capture, the thread has had the same frames, been at the same instruction and not run. 0 in the
    /// first capture, and if it has run since the one before; null without a series. In PowerShell also as a time span, <c>UnchangedFor</c>, which is not serialized.
    /// </summary>
    public double? UnchangedSeconds { get; init; }

    /// <summary>The same as a time span.</summary>
    internal TimeSpan? UnchangedFor => UnchangedSeconds is double seconds ? TimeSpan.FromSeconds(seconds) : null;

    /// <summary>
    /// Whether the thread is unchanged since the first capture of the series: it has not run at all. So is one that waits for work: <see cref="Wait"/> says for what. Null without a series,
    /// and in its first capture.
    /// </summary>
    public bool? IsStuck { get; init; }

    /// <summary>16 hexadecimal digits that are equal for equal stacks (kind, file, function, line of every frame), on every machine.</summary>
    public required string StackHash { get; init => field = ModelText.Of(value)!; }

    /// <summary>When the capture was taken, in local time.</summary>
    public DateTime CapturedAt { get; init; }

    /// <summary>
    /// How long the target, or that part of it which <see cref="StoppedThreads"/> counts, was stopped for this capture, in milliseconds; zero if it was not.
    /// In PowerShell also as a time span, <c>Pause</c>, which is not serialized.
    /// </summary>
    public double PauseMilliseconds { get; init; }

    /// <summary>The same as a time span.</summary>
    internal TimeSpan Pause
    {
        get => TimeSpan.FromTicks((long)Math.Round(PauseMilliseconds * TimeSpan.TicksPerMillisecond));
        init => PauseMilliseconds = value.TotalMilliseconds;
    }

    /// <summary>
    /// How many threads of the process were stopped for this capture: 0 with <c>-NoBlock</c>; 1 for each GIL, the thread that was the last to hold it (0 if that
    /// thread has ended); all where the GIL proves nothing (free-threaded builds, Python 2.7, a process that shuts down, a GIL that goes on too fast).
    /// </summary>
    public int StoppedThreads { get; init; }

    /// <summary>Whether the stack is known to have existed as shown at one moment: true if the target was stopped, or if the thread did not run while it was read.</summary>
    public bool IsCoherent { get; init; }

    /// <summary>What could not be read and what that means, in plain words; empty if all is well.</summary>
    public PyTextList Warnings { get; init; } = [];

    /// <summary>
    /// The thread on one line, <c>Thread 112 (worker-1) [Has the GIL] main (app.py:17) &gt; first (app.py:6)</c>, the outermost frame first: what
    /// <c>Compare-Object</c> and <c>Select-String</c> see. If there are more than 1,000 frames, the middle ones are replaced by their number and the
    /// <see cref="StackHash"/>. Control characters are escaped.
    /// </summary>
    public override string ToString() => StackText.Of(this);
}
