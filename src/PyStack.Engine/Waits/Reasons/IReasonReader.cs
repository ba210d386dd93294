using System.Collections.Generic;

namespace PyStack.Engine.Waits.Reasons;

/// <summary>
/// What some functions of Python's standard library say about a wait: who is inside of <c>Queue.get()</c> waits for a queue. A new kind is one file, and one line in
/// <see cref="ReasonReaders"/>.
/// </summary>
internal interface IReasonReader
{
    /// <summary>The functions, by the names of their files and their own.</summary>
    IEnumerable<(string File, string Function)> Functions { get; }

    /// <summary>The reason; null where it is that of the inner frames, and if the frame's variables are not what this function has.</summary>
    /// <param name="wait">The thread and what is known of its wait so far.</param>
    /// <param name="index">Of the frame, 0 is the innermost.</param>
    WaitReason? Read(PythonWait wait, int index);
}
