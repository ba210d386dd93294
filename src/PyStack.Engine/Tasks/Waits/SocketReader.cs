using System.Collections.Generic;

namespace PyStack.Engine.Tasks.Waits;

/// <summary>The functions of the event loop for sockets: <c>loop.sock_recv()</c> and its like. To 3.6 most have no frame; then the loop's selector has the descriptor.</summary>
internal sealed class SocketReader : ITaskWaitReader
{
    private static readonly Dictionary<string, string> Actions = new(System.StringComparer.Ordinal)
    {
        ["sock_recv"] = "recv from",
        ["sock_recv_into"] = "recv from",
        ["sock_recvfrom"] = "recvfrom from",
        ["sock_recvfrom_into"] = "recvfrom from",
        ["sock_sendall"] = "send to",
        ["sock_sendto"] = "sendto to",
        ["sock_connect"] = "connect of",
        ["sock_accept"] = "accept on",
    };

    public IEnumerable<(string File, string Function)> Functions
    {
        get
        {
            foreach (string function in Actions.Keys)
            {
                yield return ("selector_events.py", function);
            }
        }
    }

    public TaskWait? Read(WaitingTask task, int index)
        => index == task.First && task.Variable(index, "sock") is ulong socket and not 0 && task.Context.Sockets.OfSocket(socket) is int descriptor
            ? task.Because(PyWaitKind.Socket, Actions[task.Stack[index].Code.Name], socket) with { Descriptor = descriptor }
            : null;
}
