using System.Collections.Generic;
using PyStack.Engine.Waits.Reasons;

namespace PyStack.Engine.Tasks.Waits;

/// <summary>Memory channels of trio (trio/_channel.py).</summary>
internal sealed class TrioChannelReader : ITaskWaitReader
{
    public IEnumerable<(string File, string Function)> Functions => [("_channel.py", "send"), ("_channel.py", "receive")];

    public TaskWait? Read(WaitingTask task, int index)
    {
        ulong receiver = task.Find(index, "self", "trio.MemoryReceiveChannel");
        ulong channel = receiver != 0 ? receiver : task.Find(index, "self", "trio.MemorySendChannel");
        if (channel == 0)
        {
            return null;
        }

        PythonValues values = task.Values;
        ulong state = values.Get(channel, "_state"u8);
        TaskWait wait = task.Because(PyWaitKind.Queue, receiver != 0 ? "receive from" : "send into", channel);
        string size = PythonValues.Of(values.Count(values.Get(state, "data"u8)), values.Number(values.Get(state, "max_buffer_size"u8)));
        return wait with { Description = $"{wait.Description} ({(receiver != 0 ? "empty" : "full")}, {size})" };
    }
}
