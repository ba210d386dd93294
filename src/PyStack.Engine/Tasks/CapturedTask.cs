using System.Collections.Generic;
using PyStack.Engine.Python.Frames;

namespace PyStack.Engine.Tasks;

/// <summary>A task with its decoded frames.</summary>
/// <param name="Frames">Outermost first; equal ones are shared.</param>
/// <param name="Root">How its frames were found.</param>
/// <param name="Wait">What it waits for, as far as its memory says it.</param>
internal sealed record CapturedTask(RawTask Raw, List<PythonFrame> Frames, RawStack Root, TaskWait? Wait)
{
    /// <summary>Which of the process's CPythons it belongs to.</summary>
    public required int Runtime { get; init; }

    public ulong Interpreter { get; init; }

    public long InterpreterId { get; init; }

    /// <summary>Whether all that was looked for could be read.</summary>
    public bool IsWhole { get; init; } = true;
}
