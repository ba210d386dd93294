using System.Collections.Generic;

namespace PyStack.Engine.Tasks.Waits;

/// <summary>
/// What some functions say about a task that is suspended in them: who is inside of <c>Queue.get()</c> waits for a queue. A new kind is one file, and one line in <see cref="TaskWaitReaders"/>.
/// </summary>
internal interface ITaskWaitReader
{
    /// <summary>The functions, by the names of their files and their own.</summary>
    IEnumerable<(string File, string Function)> Functions { get; }

    /// <summary>The reason; null where it is that of the inner frames, and if the frame's variables are not what this function has.</summary>
    /// <param name="index">Of the frame, 0 is the innermost.</param>
    TaskWait? Read(WaitingTask task, int index);
}
