using System.Collections.Generic;
using PyStack.Engine.Waits.Reasons;

namespace PyStack.Engine.Tasks.Waits;

/// <summary>Memory object streams of anyio (anyio/streams/memory.py).</summary>
internal sealed class AnyioStreamReader : ITaskWaitReader
{
    private const string Receiver = "anyio.streams.memory.MemoryObjectReceiveStream";
    private const string Sender = "anyio.streams.memory.MemoryObjectSendStream";

    public IEnumerable<(string File, string Function)> Functions => [("memory.py", "receive"), ("memory.py", "send")];

    public TaskWait? Read(WaitingTask task, int index)
    {
        bool receives = task.IsIn(index, "receive");
        ulong stream = task.Find(index, "self", receives ? Receiver : Sender);
        if (stream == 0 || task.Inner?.Kind != PyWaitKind.Event)
        {
            return null;
        }

        PythonValues values = task.Values;
        ulong state = values.Get(stream, "_state"u8);
        TaskWait wait = task.Because(PyWaitKind.Queue, receives ? "receive from" : "send into", stream);

        // Its size may be math.inf, and any float.
        long? most = values.Seconds(values.Get(state, "max_buffer_size"u8)) is double size and >= 0 and < long.MaxValue ? (long)size : null;
        return wait with { Description = $"{wait.Description} ({(receives ? "empty" : "full")}, {PythonValues.Of(values.Count(values.Get(state, "buffer"u8)), most)})" };
    }
}
