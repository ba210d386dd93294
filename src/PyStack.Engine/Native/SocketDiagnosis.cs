using System;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace PyStack.Engine.Native;

/// <summary>What the kernel says of a unix socket (linux/unix_diag.h).</summary>
/// <param name="State">As of TCP: 1 connected, 10 listening.</param>
/// <param name="Peer">The number of the socket at the other end; 0 if there is none.</param>
/// <param name="Name">Path, or zero byte and abstract name; null if it has none.</param>
internal readonly record struct UnixSocketFacts(byte State, uint Peer, byte[]? Name);

/// <summary>Asks the kernel about unix sockets by their numbers (sock_diag(7)), in our own network namespace. Needs no rights.</summary>
internal sealed unsafe partial class SocketDiagnosis : IDisposable
{
    // linux/socket.h, linux/netlink.h, linux/sock_diag.h
    private const int AF_UNIX = 1;
    private const int AF_NETLINK = 16;
    private const int SOCK_RAW_CLOEXEC = 3 | 0x80000;
    private const int NETLINK_SOCK_DIAG = 4;
    private const ushort SOCK_DIAG_BY_FAMILY = 20;
    private const ushort NLM_F_REQUEST = 1;

    // linux/unix_diag.h: UDIAG_SHOW_NAME, UDIAG_SHOW_PEER; UNIX_DIAG_NAME, UNIX_DIAG_PEER.
    private const uint ShowNameAndPeer = 1 | 4;
    private const ushort NameAttribute = 0;
    private const ushort PeerAttribute = 2;

    // struct nlmsghdr, and after it struct unix_diag_req (24 bytes) and struct unix_diag_msg (16 bytes).
    private const int HeaderBytes = 16;
    private const int RequestBytes = HeaderBytes + 24;
    private const int AnswerBytes = HeaderBytes + 16;

    // struct timeval for SO_RCVTIMEO (asm-generic/socket.h): the kernel answers in the call that asks.
    private const int SOL_SOCKET = 1;
    private const int SO_RCVTIMEO = 20;

    private readonly SafeFileHandle _socket;
    private readonly byte[] _buffer = new byte[8192];

    private SocketDiagnosis(SafeFileHandle socket) => _socket = socket;

    /// <summary>Null where the kernel cannot be asked.</summary>
    public static SocketDiagnosis? Open()
    {
        SafeFileHandle socket = Socket(AF_NETLINK, SOCK_RAW_CLOEXEC, NETLINK_SOCK_DIAG);
        if (socket.IsInvalid)
        {
            socket.Dispose();
            return null;
        }

        long* second = stackalloc long[2];
        second[0] = 1;
        second[1] = 0;
        _ = SetOption(socket, SOL_SOCKET, SO_RCVTIMEO, second, 2 * sizeof(long));
        return new SocketDiagnosis(socket);
    }

    /// <summary>Asks for one socket; false if it is not a unix socket of our namespace.</summary>
    public bool TryAsk(uint inode, out UnixSocketFacts facts)
    {
        Span<byte> request = stackalloc byte[RequestBytes];
        request.Clear();
        BinaryPrimitives.WriteInt32LittleEndian(request, RequestBytes);
        BinaryPrimitives.WriteUInt16LittleEndian(request[4..], SOCK_DIAG_BY_FAMILY);
        BinaryPrimitives.WriteUInt16LittleEndian(request[6..], NLM_F_REQUEST);
        BinaryPrimitives.WriteUInt32LittleEndian(request[8..], inode);
        request[HeaderBytes] = AF_UNIX;
        BinaryPrimitives.WriteUInt32LittleEndian(request[(HeaderBytes + 4)..], uint.MaxValue);
        BinaryPrimitives.WriteUInt32LittleEndian(request[(HeaderBytes + 8)..], inode);
        BinaryPrimitives.WriteUInt32LittleEndian(request[(HeaderBytes + 12)..], ShowNameAndPeer);

        // No cookie: any socket that has the number (INET_DIAG_NOCOOKIE).
        BinaryPrimitives.WriteUInt64LittleEndian(request[(HeaderBytes + 16)..], ulong.MaxValue);
        facts = default;
        fixed (byte* asked = request)
        fixed (byte* answered = _buffer)
        {
            if (Send(_socket, asked, RequestBytes, 0) != RequestBytes)
            {
                return false;
            }

            nint count = Receive(_socket, answered, (nuint)_buffer.Length, 0);
            return count > 0 && TryParse(_buffer.AsSpan(0, (int)count), inode, out facts);
        }
    }

    public void Dispose() => _socket.Dispose();

    /// <summary>Reads an answer: a <c>struct unix_diag_msg</c> (family, type, state, padding, number, cookie) and its attributes.</summary>
    internal static bool TryParse(ReadOnlySpan<byte> answer, uint inode, out UnixSocketFacts facts)
    {
        facts = default;
        if (answer.Length < AnswerBytes
            || BinaryPrimitives.ReadUInt16LittleEndian(answer[4..]) != SOCK_DIAG_BY_FAMILY
            || BinaryPrimitives.ReadUInt32LittleEndian(answer[(HeaderBytes + 4)..]) != inode)
        {
            return false;
        }

        uint peer = 0;
        byte[]? name = null;
        byte state = answer[HeaderBytes + 2];
        for (answer = answer[AnswerBytes..]; answer.Length >= 4;)
        {
            int length = BinaryPrimitives.ReadUInt16LittleEndian(answer);
            ushort kind = BinaryPrimitives.ReadUInt16LittleEndian(answer[2..]);
            if (length < 4 || length > answer.Length)
            {
                break;
            }

            ReadOnlySpan<byte> value = answer[4..length];
            peer = kind == PeerAttribute && value.Length >= 4 ? BinaryPrimitives.ReadUInt32LittleEndian(value) : peer;
            name = kind == NameAttribute ? value.ToArray() : name;
            answer = answer[Math.Min(answer.Length, (length + 3) & ~3)..];
        }

        facts = new UnixSocketFacts(state, peer, name);
        return true;
    }

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial SafeFileHandle Socket(int domain, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "setsockopt")]
    private static partial int SetOption(SafeHandle socket, int level, int option, void* value, int length);

    [LibraryImport("libc", EntryPoint = "send")]
    private static partial nint Send(SafeHandle socket, byte* bytes, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "recv")]
    private static partial nint Receive(SafeHandle socket, byte* bytes, nuint length, int flags);
}
