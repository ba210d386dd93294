using System;
using System.Buffers.Text;
using System.Collections.Generic;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Waits.Descriptors;

/// <summary>
/// The lines of <c>/proc/PID/net/unix</c> (proc_pid_net(5)). A path is written as it is, line feeds included: what follows one is part of the name before it, and may look
/// like another socket. So a socket that is there twice has no name.
/// </summary>
internal sealed class UnixSocketTable(HashSet<ulong> wanted)
{
    // __SO_ACCEPTCON (linux/net.h), among the flags.
    private const uint AcceptsConnections = 1 << 16;

    /// <summary>Of the first column, an address (%pK): 8 or 16 digits and a colon.</summary>
    private const int MinColon = 8;

    /// <summary>UNIX_PATH_MAX (linux/un.h).</summary>
    private const int MaxPath = 108;

    private ulong _last;

    public Dictionary<ulong, SocketEnds> Found { get; } = [];

    /// <summary>Takes the next line.</summary>
    /// <returns>True, since the rest has to be read as well.</returns>
    public bool Take(ReadOnlySpan<byte> line)
    {
        if (TryParse(line, out ulong inode, out SocketEnds? ends))
        {
            _last = wanted.Contains(inode) ? inode : 0;
            if (_last != 0 && !Found.TryAdd(inode, ends!))
            {
                Found[inode] = new SocketEnds("unix", null, null, null, 0);
                _last = 0;
            }
        }
        else if (_last != 0 && Found[_last] is { Local.Length: < MaxPath } before)
        {
            Found[_last] = before with { Local = before.Local + "\n" + PathText.Decode(line) };
        }

        return true;
    }

    // Num RefCount Protocol Flags Type St Inode Path: fixed columns, and the path can have blanks.
    private static bool TryParse(ReadOnlySpan<byte> line, out ulong inode, out SocketEnds? ends)
    {
        ends = null;
        inode = 0;
        ReadOnlySpan<byte> rest = line;
        uint flags = 0;
        for (int column = 0; column < 6; column++)
        {
            int end = rest.IndexOf((byte)' ');
            if (end < 0 || (column == 0 && (end <= MinColon || rest[end - 1] != ':')) || (column == 3 && !Utf8Parser.TryParse(rest, out flags, out _, 'x')))
            {
                return false;
            }

            rest = rest[end..].TrimStart((byte)' ');
        }

        // A socket that is being connected or released has no number yet or any more; its line ends the name before it all the same.
        if (!Utf8Parser.TryParse(rest, out inode, out int digits))
        {
            return false;
        }

        rest = rest[digits..];
        ends = new SocketEnds("unix", rest.Length > 1 ? PathText.Decode(rest[1..]) : null, null, (flags & AcceptsConnections) != 0 ? "listening" : null, 0);
        return true;
    }
}
