using System;

namespace PyStack;

/// <summary>
/// One frame of a thread's stack. Python and native frames share this one type, so that a pipeline sees one table.
/// </summary>
/// <remarks>
/// Strings that came from the target are kept raw here; the views escape their control characters.
/// Lines count from 1, columns from 0 in UTF-8 bytes, both as <c>co_positions()</c> gives them.
/// </remarks>
public sealed class PyFrame
{
    /// <summary>The process id, in the observer's PID namespace.</summary>
    public required int ProcessId { get; init; }

    /// <summary>The process's name as the kernel has it (at most 15 bytes).</summary>
    public string? ProcessName { get; init => field = ModelText.Of(value); }

    /// <summary>The native thread id, in the observer's PID namespace; 0 if the thread is gone or unknown.</summary>
    public required int ThreadId { get; init; }

    /// <summary>The thread's OS name (at most 15 bytes), or null.</summary>
    public string? ThreadName { get; init => field = ModelText.Of(value); }

    /// <summary>The interpreter that runs the frame: 0 is the main one. -1 for native frames outside any.</summary>
    public long InterpreterId { get; init; }

    /// <summary>Position on the stack, 0 = outermost.</summary>
    public required int Index { get; init; }

    /// <summary>Python or native.</summary>
    public PyFrameKind Kind { get; init; }

    /// <summary><c>co_name</c>, or the demangled symbol of a native frame.</summary>
    public string? Function { get; init => field = ModelText.Of(value); }

    /// <summary><c>co_qualname</c> (CPython 3.11 and later), else null.</summary>
    public string? QualifiedName { get; init => field = ModelText.Of(value); }

    /// <summary><c>co_filename</c>, or the source file of a native frame; null where unknown.</summary>
    public string? File { get; init => field = ModelText.Of(value); }

    /// <summary>The running line, from 1; null where the code has none.</summary>
    public int? Line { get; init; }

    /// <summary>The last line of the running expression (CPython 3.11 and later), else null.</summary>
    public int? EndLine { get; init; }

    /// <summary>The running expression's first column, from 0, in UTF-8 bytes (CPython 3.11 and later), else null.</summary>
    public int? Column { get; init; }

    /// <summary>The column after the running expression, from 0, in UTF-8 bytes (CPython 3.11 and later), else null.</summary>
    public int? EndColumn { get; init; }

    /// <summary>The text of <see cref="Line"/> in <see cref="File"/>, without its line end; null if it cannot be read.</summary>
    public string? SourceLine { get; init => field = ModelText.OfSource(value); }

    /// <summary>Whether the source file was written after the process started, so that <see cref="SourceLine"/> may not be what runs.</summary>
    public bool IsSourceNewer { get; init; }

    /// <summary>Arguments in declaration order, by name; null unless asked for.</summary>
    public PyVariables? Arguments { get; init; }

    /// <summary>Local variables in declaration order, by name; null unless asked for.</summary>
    public PyVariables? Locals { get; init; }

    /// <summary>The library or executable that holds a native frame's code, else null.</summary>
    public string? Library { get; init => field = ModelText.Of(value); }

    /// <summary>A native frame's instruction address in the target, else null.</summary>
    public ulong? Address { get; init; }

    /// <summary>Whether a native frame is a call that the compiler inlined.</summary>
    public bool IsInlined { get; init; }

    /// <summary>What its thread has to do with the GIL.</summary>
    public PyGilState Gil { get; init; }

    /// <summary>The <see cref="PyThread.StackHash"/> of its thread.</summary>
    public string StackHash { get; internal set => field = ModelText.Of(value)!; } = "";

    /// <summary>When the capture was taken, in local time.</summary>
    public DateTime CapturedAt { get; init; }

    /// <summary>
    /// The frame on one line, <c>first (app.py:6)</c>, and of a native one with its library, <c>read (read.c:26, C in /lib/libc.so.6)</c>: what
    /// <c>Compare-Object</c> and <c>Select-String</c> see. Equal for equal places in the code; control characters are escaped.
    /// </summary>
    public override string ToString() => StackText.Of(this);
}
