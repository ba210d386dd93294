using System.Collections.Generic;

namespace PyStack.Engine.Tasks.Waits;

/// <summary><c>asyncio.StreamReader</c> and <c>StreamWriter</c>: by their transports the descriptor.</summary>
internal sealed class StreamReaders : ITaskWaitReader
{
    private const string File = "streams.py";
    private const string Reader = "asyncio.streams.StreamReader";
    private const string Writer = "asyncio.streams.StreamWriter";

    public IEnumerable<(string File, string Function)> Functions =>
    [
        (File, "_wait_for_data"), (File, "read"), (File, "readline"), (File, "readuntil"), (File, "readexactly"), (File, "__anext__"), (File, "_drain_helper"), (File, "drain"), (File, "wait_closed"),
    ];

    public TaskWait? Read(WaitingTask task, int index)
    {
        string function = task.Stack[index].Code.Name;
        if (function == "_drain_helper")
        {
            // The protocol's: the stream is in the next frame, if it is a stream that waits.
            return index == task.First && task.Find(index, "self", "asyncio.streams.FlowControlMixin") is ulong protocol and not 0
                ? On(task, task.Because(PyWaitKind.Socket, "drain() of", protocol), task.Values.Get(protocol, "_transport"u8))
                : null;
        }

        bool isWriter = function is "drain" or "wait_closed";
        if (task.Find(index, "self", isWriter ? Writer : Reader) is not (ulong stream and not 0) || (index != task.First && task.Inner?.Kind is not (PyWaitKind.Socket or PyWaitKind.Pipe)))
        {
            return null;
        }

        string action = function == "_wait_for_data" ? "data of" : function == "__anext__" ? "a line of" : function + "() of";
        return On(task, task.Because(PyWaitKind.Socket, action, stream), task.Values.Get(stream, "_transport"u8));
    }

    private static TaskWait On(WaitingTask task, TaskWait wait, ulong transport)
        => task.Context.Sockets.OfTransport(transport) is (int descriptor, PyWaitKind kind) ? wait with { Kind = kind, Descriptor = descriptor } : wait with { Descriptor = task.Inner?.Descriptor };
}
