using System.Collections.Generic;

namespace PyStack.Engine.Tasks.Waits;

/// <summary>Where all of trio's waits end (trio/_core/_traps.py): the reason is in the frames outside.</summary>
internal sealed class TrioTrapReader : ITaskWaitReader
{
    public IEnumerable<(string File, string Function)> Functions => [("_traps.py", "_async_yield"), ("_traps.py", "_real_async_yield"), ("_traps.py", "wait_task_rescheduled")];

    public TaskWait? Read(WaitingTask task, int index) => null;
}
