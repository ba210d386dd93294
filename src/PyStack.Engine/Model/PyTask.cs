using System;

namespace PyStack;

/// <summary>A unit of work that shares a thread with others: an asyncio task, a greenlet, a trio task, or a coroutine that waits to be continued.</summary>
public sealed class PyTask
{
    /// <summary>The process id, in the observer's PID namespace.</summary>
    public required int ProcessId { get; init; }

    /// <summary>The process's name as the kernel has it (at most 15 bytes).</summary>
    public string? ProcessName { get; init => field = ModelText.Of(value); }

    /// <summary>The thread that runs it, or its event loop; as the observer counts. 0 if it has none, or if that is not known.</summary>
    public int ThreadId { get; init; }

    /// <summary>That thread's OS name (at most 15 bytes), or null.</summary>
    public string? ThreadName { get; init => field = ModelText.Of(value); }

    /// <summary>The interpreter that it belongs to: 0 is the main one.</summary>
    public long InterpreterId { get; init; }

    /// <summary>The interpreter's version, for example <c>3.12.1</c>.</summary>
    public required string PythonVersion { get; init => field = ModelText.Of(value)!; }

    /// <summary>Whether it was read from a running process or from a core.</summary>
    public PySource Source { get; init; }

    /// <summary>The core file that it was read from; null for a running process.</summary>
    public string? Path { get; init => field = ModelText.Of(value); }

    /// <summary>The program that it was read from; null for a core, and of an object that was serialized.</summary>
    internal ProgramIdentity? Program { get; init; }

    /// <summary>What kind of task it is.</summary>
    public PyTaskKind Kind { get; init; }

    /// <summary>The name of its type, such as <c>_asyncio.Task</c> or <c>gevent._gevent_cgreenlet.Greenlet</c>.</summary>
    public string? TypeName { get; init => field = ModelText.Of(value); }

    /// <summary>Its address, hexadecimal: what <c>repr()</c> shows, and what other tasks refer to.</summary>
    public required string Id { get; init => field = ModelText.Of(value)!; }

    /// <summary>Its name, such as <c>Task-7</c> or what the program has given it; null if it has none.</summary>
    public string? Name { get; init => field = ModelText.Of(value); }

    /// <summary>What it did.</summary>
    public PyTaskState State { get; init; }

    /// <summary>The qualified name of its coroutine, or of a greenlet's function; null if that is not known.</summary>
    public string? Coroutine { get; init => field = ModelText.Of(value); }

    /// <summary>Its frames, outermost first: the coroutine, and what each awaits. If it runs, also those that its thread has inside of it.</summary>
    public required PyFrameList Frames { get; init; }

    /// <summary>16 hexadecimal digits that are equal for equal stacks, as of <see cref="PyThread.StackHash"/>.</summary>
    public required string StackHash { get; init => field = ModelText.Of(value)!; }

    /// <summary>The <see cref="Id"/> of those that wait for it.</summary>
    public PyTextList AwaitedBy { get; init; } = [];

    /// <summary>The <see cref="Id"/> of the task that it waits for, or a text such as <c>3 tasks</c> or <c>Future 0x7f…</c>; null if it waits for none.</summary>
    public string? Awaits { get; init => field = ModelText.Of(value); }

    /// <summary>What it waits for; null if it waits for nothing, or if that is not known.</summary>
    public PyWait? Wait { get; init; }

    /// <summary>The <see cref="Id"/> of the task above it in the tree: of asyncio the first that awaits it, of trio the one with its nursery, of greenlets the parent. Null for none.</summary>
    public string? ParentId { get; init => field = ModelText.Of(value); }

    /// <summary>How deep it is in the tree of <see cref="ParentId"/>: 0 for one without. Tasks are written in the tree's order.</summary>
    public int Depth { get; init; }

    /// <summary>
    /// The lines that the tree draws before it: <c>│  ├─ </c>, <c>└─ </c>; empty for one at the top. <c>↻ </c> is one that waits for a task below it: the tasks of a circle have nobody above them.
    /// </summary>
    public string Branch { get; init => field = ModelText.Of(value)!; } = "";

    /// <summary>The address of its event loop, hub or runner, hexadecimal; null if that is not known.</summary>
    public string? Loop { get; init => field = ModelText.Of(value); }

    /// <summary>Where it was created, outermost first: in asyncio's debug mode, and where the framework keeps it; else null.</summary>
    public PyFrameList? CreatedAt { get; init; }

    /// <summary>When the capture was taken, in local time.</summary>
    public DateTime CapturedAt { get; init; }

    /// <summary>How long the target, or that part of it which <see cref="StoppedThreads"/> counts, was stopped for this capture, in milliseconds.</summary>
    public double PauseMilliseconds { get; init; }

    /// <summary>How many threads of the process were stopped for this capture.</summary>
    public int StoppedThreads { get; init; }

    /// <summary>Whether it is known to have existed as shown at one moment.</summary>
    public bool IsCoherent { get; init; }

    /// <summary>What could not be read and what that means, in plain words; empty if all is well.</summary>
    public PyTextList Warnings { get; init; } = [];

    /// <summary>The task on one line: <c>Task 0x7f… (consumer) [Waiting] main (app.py:17) &gt; get (queues.py:158)</c>; control characters are escaped.</summary>
    public override string ToString()
    {
        string name = string.IsNullOrEmpty(Name) ? "" : $" ({Name})";
        string frames = Frames.ToString();
        return TerminalText.Escape($"{(Kind == PyTaskKind.Greenlet ? "Greenlet" : Kind == PyTaskKind.Coroutine ? "Coroutine" : "Task")} {Id}{name} [{State}]{(frames.Length > 0 ? " " : "")}") + frames;
    }
}
