using System;
using System.Buffers.Text;
using System.Collections.Generic;
using System.Net;
using System.Runtime.InteropServices;
using System.Text;
using PyStack.Engine.Targets.Live.Procfs;

namespace PyStack.Engine.Waits.Descriptors;

/// <summary>TCP, UDP and raw sockets by the tables of the target's own network namespace (proc_pid_net(5)): <c>/proc/PID/net/tcp</c>, <c>tcp6</c>, <c>udp</c>, <c>udp6</c>, <c>raw</c>, <c>raw6</c>.</summary>
internal static class InternetSockets
{
    /// <summary>Two addresses of 32 digits, each with a port of 4, and a blank.</summary>
    private const int MaxAddresses = (2 * (32 + 1 + 4)) + 1;

    // net/tcp_states.h; the names are those of ss(8).
    private static readonly string[] States =
        ["", "established", "syn-sent", "syn-recv", "fin-wait-1", "fin-wait-2", "time-wait", "closed", "close-wait", "last-ack", "listening", "closing"];

    /// <summary>Finds sockets by their numbers. What is found is taken out of <paramref name="wanted"/>.</summary>
    public static void Find(ProcessFacts facts, HashSet<ulong> wanted, WaitBudget budget, Dictionary<ulong, SocketEnds> found)
    {
        foreach (string table in (ReadOnlySpan<string>)["tcp", "tcp6", "udp", "udp6", "raw", "raw6"])
        {
            if (wanted.Count == 0)
            {
                return;
            }

            string protocol = table[..3];
            string path = $"{facts.AccessFolder}/net/{table}";
            Dictionary<string, ulong> peers = new(StringComparer.Ordinal);
            ProcLines.Read(path, budget, line =>
            {
                if (TryParse(line, protocol, wanted, out ulong inode, out SocketEnds? ends))
                {
                    found[inode] = ends!;
                    wanted.Remove(inode);
                    if (protocol == "tcp" && TryPeer(line, out string peer))
                    {
                        peers[peer] = inode;
                    }
                }

                return wanted.Count > 0;
            });
            FindPeers(path, budget, peers, found);
        }
    }

    // The other end is in the same table if it is on the same machine, in the same namespace: it has the two addresses in the other order.
    private static void FindPeers(string path, WaitBudget budget, Dictionary<string, ulong> peers, Dictionary<ulong, SocketEnds> found)
    {
        if (peers.Count == 0)
        {
            return;
        }

        Dictionary<string, ulong>.AlternateLookup<ReadOnlySpan<char>> wanted = peers.GetAlternateLookup<ReadOnlySpan<char>>();
        char[] text = new char[MaxAddresses];
        ProcLines.Read(path, budget, line =>
        {
            Span<Range> columns = stackalloc Range[11];
            if (Split(line, columns) >= 10 && line[columns[1].Start..columns[2].End] is { Length: <= MaxAddresses } addresses
                && wanted.TryGetValue(text.AsSpan(0, Encoding.ASCII.GetChars(addresses, text)), out ulong inode)
                && Utf8Parser.TryParse(line[columns[9]], out ulong peer, out _) && peer != 0)
            {
                found[inode] = found[inode] with { PeerInode = peer };
                wanted.Remove(text.AsSpan(0, addresses.Length));
            }

            return peers.Count > 0;
        });
    }

    // Both addresses as the line of the other end has them; false if they are not of one machine.
    private static bool TryPeer(ReadOnlySpan<byte> line, out string peer)
    {
        Span<Range> columns = stackalloc Range[11];
        _ = Split(line, columns);
        ReadOnlySpan<byte> local = line[columns[1]];
        ReadOnlySpan<byte> remote = line[columns[2]];
        peer = Encoding.ASCII.GetString(remote) + " " + Encoding.ASCII.GetString(local);
        return local[..local.IndexOf((byte)':')].SequenceEqual(remote[..remote.IndexOf((byte)':')]) && !remote.EndsWith(":0000"u8);
    }

    /// <summary>Reads a line: number, local and remote address, state, and the inode in the tenth column.</summary>
    internal static bool TryParse(ReadOnlySpan<byte> line, string protocol, HashSet<ulong> wanted, out ulong inode, out SocketEnds? ends)
    {
        Span<Range> columns = stackalloc Range[11];
        ends = null;
        inode = 0;
        if (Split(line, columns) < 10 || !Utf8Parser.TryParse(line[columns[9]], out inode, out _) || !wanted.Contains(inode)
            || !TryAddress(line[columns[1]], out IPEndPoint? local) || !TryAddress(line[columns[2]], out IPEndPoint? remote)
            || !Utf8Parser.TryParse(line[columns[3]], out int state, out _, 'x'))
        {
            return false;
        }

        bool isConnected = remote!.Port != 0;
        string? name = protocol != "tcp" ? isConnected ? null : "not connected" : (uint)state < (uint)States.Length ? States[state] : null;
        ends = new SocketEnds(protocol, local!.ToString(), isConnected ? remote.ToString() : null, name, 0);
        return true;
    }

    // The address as 32-bit words in the machine's order, 8 digits each, then the port.
    private static bool TryAddress(ReadOnlySpan<byte> text, out IPEndPoint? end)
    {
        end = null;
        int colon = text.IndexOf((byte)':');
        Span<uint> words = stackalloc uint[4];
        int count = colon / 8;
        if (colon is not (8 or 32) || !Utf8Parser.TryParse(text[(colon + 1)..], out ushort port, out _, 'x'))
        {
            return false;
        }

        for (int i = 0; i < count; i++)
        {
            if (!Utf8Parser.TryParse(text.Slice(i * 8, 8), out words[i], out _, 'x'))
            {
                return false;
            }
        }

        end = new IPEndPoint(new IPAddress(MemoryMarshal.AsBytes(words[..count])), port);
        return true;
    }

    private static int Split(ReadOnlySpan<byte> line, Span<Range> columns)
    {
        int count = 0;
        for (int at = 0; at < line.Length && count < columns.Length;)
        {
            int start = at + (line[at..].IndexOfAnyExcept((byte)' ') is >= 0 and int blanks ? blanks : line.Length - at);
            int length = line[start..].IndexOf((byte)' ') is >= 0 and int found ? found : line.Length - start;
            if (length > 0)
            {
                columns[count++] = start..(start + length);
            }

            at = start + length;
        }

        return count;
    }
}
