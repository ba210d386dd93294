using System.Collections.Generic;
using System.Globalization;
using PyStack.Engine.Waits.Reasons;

namespace PyStack.Engine.Tasks.Waits;

/// <summary><c>asyncio.Semaphore</c> and <c>BoundedSemaphore</c>.</summary>
internal sealed class AsyncSemaphoreReader : ITaskWaitReader
{
    public IEnumerable<(string File, string Function)> Functions => [("locks.py", "acquire")];

    public TaskWait? Read(WaitingTask task, int index)
    {
        if (index != task.First || task.Find(index, "self", "asyncio.locks.Semaphore") is not (ulong semaphore and not 0))
        {
            return null;
        }

        PythonValues values = task.Values;
        string value = PythonValues.Of(values.Number(values.Get(semaphore, "_value"u8)), null);
        string most = values.Number(values.Get(semaphore, "_bound_value"u8)) is long bound ? string.Create(CultureInfo.InvariantCulture, $" of {bound}") : "";
        TaskWait wait = task.Because(PyWaitKind.Semaphore, "release() of", semaphore);
        return wait with { Description = $"{wait.Description} (value {value}{most})", Lock = semaphore };
    }
}
