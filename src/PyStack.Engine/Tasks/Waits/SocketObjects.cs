using System.Collections.Generic;
using PyStack.Engine.Waits.Reasons;

namespace PyStack.Engine.Tasks.Waits;

/// <summary>The descriptors of sockets and of asyncio's transports. uvloop's are written in Cython and do not say theirs.</summary>
internal sealed class SocketObjects(PythonReader python)
{
    private const int MaxSockets = 16;

    /// <summary>The descriptor of a <c>socket.socket</c> (Modules/socketmodule.h, PySocketSockObject: sock_fd follows the head), also of asyncio's wrapper around one; null if it is none or closed.</summary>
    public int? OfSocket(ulong socket)
    {
        ulong inner = python.Values.IsInstance(socket, "asyncio.trsock.TransportSocket") ? python.Values.Slot(socket, "_sock"u8) : socket;
        return python.Values.IsInstance(inner, "_socket.socket") && python.Values.TryReadField(inner, 0, out int descriptor) && descriptor >= 0 ? descriptor : null;
    }

    /// <summary>Those of a list or tuple of sockets.</summary>
    public List<int> OfSockets(ulong list)
    {
        List<int> found = [];
        foreach (ulong socket in python.Values.Items(list, MaxSockets))
        {
            if (OfSocket(socket) is int one)
            {
                found.Add(one);
            }
        }

        return found;
    }

    /// <summary>The descriptor of a transport, below TLS if that is between; its kind is what it is open on. Null if that is not known.</summary>
    public (int Descriptor, PyWaitKind Kind)? OfTransport(ulong transport)
    {
        PythonValues values = python.Values;
        if (values.IsInstance(transport, "asyncio.sslproto._SSLProtocolTransport"))
        {
            transport = values.Get(values.Get(transport, "_ssl_protocol"u8), "_transport"u8);
        }

        bool isSocket = values.IsInstance(transport, "asyncio.selector_events._SelectorTransport");
        bool isPipe = !isSocket && (values.IsInstance(transport, "asyncio.unix_events._UnixReadPipeTransport") || values.IsInstance(transport, "asyncio.unix_events._UnixWritePipeTransport"));
        return (isSocket ? values.Number(values.Get(transport, "_sock_fd"u8)) : isPipe ? values.Number(values.Get(transport, "_fileno"u8)) : null) is >= 0 and <= int.MaxValue and long descriptor
            ? ((int)descriptor, isSocket ? PyWaitKind.Socket : PyWaitKind.Pipe)
            : null;
    }
}
