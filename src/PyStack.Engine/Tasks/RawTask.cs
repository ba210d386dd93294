using System.Collections.Generic;
using PyStack.Engine.Python.Frames;

namespace PyStack.Engine.Tasks;

/// <summary>A task as its framework has it in memory. Addresses are of objects in the target.</summary>
internal sealed class RawTask
{
    public required PyTaskKind Kind { get; init; }

    /// <summary>Of the object itself.</summary>
    public required ulong Address { get; init; }

    /// <summary>Which of the capture's interpreters it belongs to: an index.</summary>
    public required int Interpreter { get; init; }

    /// <summary>With its module.</summary>
    public required string TypeName { get; init; }

    /// <summary>The thread state that runs it, or its loop; 0 if that is not known.</summary>
    public ulong Thread { get; init; }

    /// <summary>Its event loop, hub or runner; 0 if that is not known.</summary>
    public ulong Loop { get; init; }

    public string? Name { get; init; }

    /// <summary>What it says of itself. <see cref="PyTaskState.Unknown"/> if its frames say it: whether it runs, waits or has not begun.</summary>
    public PyTaskState State { get; init; }

    /// <summary>Its coroutine or frame; null if it has none, or none that can be read.</summary>
    public StackRoot? Root { get; init; }

    /// <summary>The part of its C stack that was moved away; empty if it has none.</summary>
    public SavedStack Saved { get; init; }

    /// <summary>What it runs, if its outermost frame does not say it.</summary>
    public string? Coroutine { get; init; }

    /// <summary>The object that it waits for (of asyncio <c>_fut_waiter</c>); 0 for none.</summary>
    public ulong Awaits { get; init; }

    /// <summary>What it waits for, if the framework's own objects say it and its frames may not; null if not.</summary>
    public TaskWait? Wait { get; init; }

    /// <summary>The tasks that wait for it.</summary>
    public List<ulong> AwaitedBy { get; } = [];

    /// <summary>The task above it in the framework's own tree; 0 if it has none, or its framework has none.</summary>
    public ulong Parent { get; set; }

    /// <summary>When its framework cancels it, or lets it go on: seconds of the target's CLOCK_MONOTONIC; null for never, or if that is not known.</summary>
    public double? Deadline { get; init; }

    /// <summary>Where it was created: frames of a <c>traceback.StackSummary</c>, outermost first; null if that is not kept.</summary>
    public List<CreationFrame>? CreatedAt { get; init; }

    /// <summary>Whether all that was read of it is of the moment of the copy.</summary>
    public bool IsWhole { get; set; } = true;

    public List<string> Warnings { get; } = [];
}

/// <summary>A line of a kept stack.</summary>
internal readonly record struct CreationFrame(string File, int? Line, string Function);

/// <summary>A part of a C stack that was moved away because others use the place.</summary>
/// <param name="Start">Where it belongs.</param>
/// <param name="Copy">Where it is.</param>
internal readonly record struct SavedStack(ulong Start, ulong Length, ulong Copy);
