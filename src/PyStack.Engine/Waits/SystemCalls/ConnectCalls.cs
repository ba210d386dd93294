using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Net;
using PyStack.Engine.Primitives;
using PyStack.Engine.Waits.Descriptors;

namespace PyStack.Engine.Waits.SystemCalls;

/// <summary>connect(2): to where, by the address in the target's memory.</summary>
internal sealed class ConnectCalls : ISystemCallReader
{
    // linux/socket.h; the structures are sockaddr_un, sockaddr_in and sockaddr_in6.
    private const int MaxBytes = 128;
    private const int AF_UNIX = 1;
    private const int AF_INET = 2;
    private const int AF_INET6 = 10;

    public IEnumerable<string> Names => ["connect"];

    public WaitReason Read(SystemCallContext context)
    {
        Span<byte> address = stackalloc byte[MaxBytes];
        int length = (int)Math.Min(context.Call.Third & uint.MaxValue, MaxBytes);
        length = context.Memory.Read(context.Call.Second, address[..length]);
        string? where = Describe(address[..length]);
        Descriptor descriptor = context.First;
        return new WaitReason(PyWaitKind.Socket, context.Name, "connect to")
        {
            Descriptor = descriptor,
            Subject = where is null ? null : TerminalText.Escape(where),
            Resource = where,
        };
    }

    internal static string? Describe(ReadOnlySpan<byte> address)
    {
        if (address.Length < 4)
        {
            return null;
        }

        int port = BinaryPrimitives.ReadUInt16BigEndian(address[2..]);
        return BinaryPrimitives.ReadUInt16LittleEndian(address) switch
        {
            AF_INET when address.Length >= 8 => new IPEndPoint(new IPAddress(address[4..8]), port).ToString(),
            AF_INET6 when address.Length >= 24 => new IPEndPoint(new IPAddress(address[8..24]), port).ToString(),
            AF_UNIX when address[2] == 0 => "@" + PathText.Decode(address[3..]),
            AF_UNIX => PathText.Decode(address[2..(address[2..].IndexOf((byte)0) is >= 0 and int end ? 2 + end : address.Length)]),
            _ => null,
        };
    }
}
