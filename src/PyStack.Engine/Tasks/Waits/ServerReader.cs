using System.Collections.Generic;
using System.Globalization;

namespace PyStack.Engine.Tasks.Waits;

/// <summary><c>Server.serve_forever()</c> and <c>wait_closed()</c> of <c>loop.create_server()</c>.</summary>
internal sealed class ServerReader : ITaskWaitReader
{
    public IEnumerable<(string File, string Function)> Functions => [("base_events.py", "serve_forever"), ("base_events.py", "wait_closed")];

    public TaskWait? Read(WaitingTask task, int index)
    {
        // To 3.6 it has its sockets under a name of its own, and no serve_forever().
        if (index != task.First || task.Find(index, "self", "asyncio.base_events.Server") is not (ulong server and not 0))
        {
            return null;
        }

        if (!task.IsIn(index, "serve_forever"))
        {
            return task.Because(PyWaitKind.Other, "wait_closed() of", server);
        }

        List<int> sockets = task.Context.Sockets.OfSockets(task.Values.Get(server, "_sockets"u8));
        TaskWait wait = task.Because(PyWaitKind.Socket, "connections to", server);
        return sockets.Count == 0 ? wait : wait with
        {
            Description = sockets.Count == 1 ? wait.Description : string.Create(CultureInfo.InvariantCulture, $"{wait.Description} ({sockets.Count} sockets)"),
            Descriptor = sockets[0],
        };
    }
}
