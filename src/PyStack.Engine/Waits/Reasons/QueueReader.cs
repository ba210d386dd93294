using System.Collections.Generic;
using System.Globalization;

namespace PyStack.Engine.Waits.Reasons;

/// <summary><c>queue.Queue</c> and those that inherit from it: get, put and join.</summary>
internal sealed class QueueReader : IReasonReader
{
    public IEnumerable<(string File, string Function)> Functions
    {
        get
        {
            foreach (string file in (string[])["queue.py", "Queue.py"])
            {
                foreach (string function in (string[])["get", "put", "join"])
                {
                    yield return (file, function);
                }
            }
        }
    }

    public WaitReason? Read(PythonWait wait, int index)
    {
        if (wait.Inner?.Kind != PyWaitKind.Condition || wait.Self(index, "Queue.Queue", "queue.Queue") is not (ulong queue and not 0))
        {
            return null;
        }

        PythonValues values = wait.Values;
        string name = values.TypeName(queue);
        string size = PythonValues.Of(values.Count(values.Get(queue, "queue"u8)), values.Number(values.Get(queue, "maxsize"u8)));
        (ulong condition, string action, string subject) = wait.Stack[index].Code.Name switch
        {
            "get" => (values.Get(queue, "not_empty"u8), "get from", $"{name} (empty, {size})"),
            "put" => (values.Get(queue, "not_full"u8), "put into", $"{name} (full, {size})"),
            _ => (values.Get(queue, "all_tasks_done"u8), "join() of",
                string.Create(CultureInfo.InvariantCulture, $"{name} ({values.Number(values.Get(queue, "unfinished_tasks"u8))} unfinished tasks)")),
        };
        return condition == wait.Target ? wait.Because(PyWaitKind.Queue, action, queue, subject) with { Limit = wait.Inner.Limit } : null;
    }
}
