using System;
using System.Buffers.Text;
using System.Collections.Generic;
using PyStack.Engine.Native;
using PyStack.Engine.Primitives;
using PyStack.Engine.Targets.Live.Procfs;

namespace PyStack.Engine.Waits.Descriptors;

/// <summary>Unix sockets: by sock_diag(7), which knows the other end, or, of another network namespace, by <c>/proc/PID/net/unix</c>, which does not.</summary>
internal static class UnixSockets
{
    // TCP_LISTEN (net/tcp_states.h).
    private const byte Listening = 10;

    // __SO_ACCEPTCON (linux/net.h), among the flags of the table.
    private const uint AcceptsConnections = 1 << 16;

    /// <summary>Asks the kernel for sockets by their numbers, which costs little. What is found is taken out of <paramref name="wanted"/>.</summary>
    public static void Ask(ProcessFacts facts, HashSet<ulong> wanted, WaitBudget budget, Dictionary<ulong, SocketEnds> found)
    {
        if (OwnNamespaces.Network is string own && ProcFile.ReadLink(facts.AccessFolder + "/ns/net") == own)
        {
            Ask(wanted, budget, found);
        }
    }

    /// <summary>Finds sockets in the table of all of the namespace, where the kernel could not be asked.</summary>
    public static void Find(ProcessFacts facts, HashSet<ulong> wanted, WaitBudget budget, Dictionary<ulong, SocketEnds> found)
    {
        if (wanted.Count > 0)
        {
            ProcLines.Read(facts.AccessFolder + "/net/unix", budget, line =>
            {
                if (TryParse(line, wanted, out ulong inode, out SocketEnds? ends))
                {
                    found[inode] = ends!;
                    wanted.Remove(inode);
                }

                return wanted.Count > 0;
            });
        }
    }

    private static void Ask(HashSet<ulong> wanted, WaitBudget budget, Dictionary<ulong, SocketEnds> found)
    {
        using SocketDiagnosis? kernel = SocketDiagnosis.Open();
        if (kernel is null)
        {
            return;
        }

        foreach (ulong inode in (ulong[])[.. wanted])
        {
            if (!budget.Remains)
            {
                return;
            }

            if (inode <= uint.MaxValue && kernel.TryAsk((uint)inode, out UnixSocketFacts facts))
            {
                UnixSocketFacts peer = default;
                bool hasPeer = facts.Peer != 0 && kernel.TryAsk(facts.Peer, out peer);
                found[inode] = new SocketEnds("unix", NameOf(facts.Name), hasPeer ? NameOf(peer.Name) : null, facts.State == Listening ? "listening" : null, facts.Peer);
                wanted.Remove(inode);
            }
        }
    }

    // Num RefCount Protocol Flags Type St Inode Path: fixed columns, and the path can have blanks.
    internal static bool TryParse(ReadOnlySpan<byte> line, HashSet<ulong> wanted, out ulong inode, out SocketEnds? ends)
    {
        ends = null;
        inode = 0;
        ReadOnlySpan<byte> rest = line;
        uint flags = 0;
        for (int column = 0; column < 6; column++)
        {
            int end = rest.IndexOf((byte)' ');
            if (end < 0 || (column == 3 && !Utf8Parser.TryParse(rest, out flags, out _, 'x')))
            {
                return false;
            }

            rest = rest[end..].TrimStart((byte)' ');
        }

        if (!Utf8Parser.TryParse(rest, out inode, out int digits) || !wanted.Contains(inode))
        {
            return false;
        }

        rest = rest[digits..];
        ends = new SocketEnds("unix", rest.Length > 1 ? PathText.Decode(rest[1..]) : null, null, (flags & AcceptsConnections) != 0 ? "listening" : null, 0);
        return true;
    }

    // A name of the abstract namespace begins with a zero byte, which everyone writes as @ (unix(7)).
    private static string? NameOf(byte[]? name) => name is null or [] ? null
        : name[0] == 0 ? "@" + PathText.Decode(name.AsSpan(1)) : PathText.Decode(name.AsSpan().TrimEnd((byte)0));
}
