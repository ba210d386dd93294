using System;
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
            UnixSocketTable table = new(wanted);
            ProcLines.Read(facts.AccessFolder + "/net/unix", budget, table.Take);
            foreach ((ulong inode, SocketEnds ends) in table.Found)
            {
                found[inode] = ends;
                wanted.Remove(inode);
            }
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

    // A name of the abstract namespace begins with a zero byte, which everyone writes as @ (unix(7)).
    private static string? NameOf(byte[]? name) => name is null or [] ? null
        : name[0] == 0 ? "@" + PathText.Decode(name.AsSpan(1)) : PathText.Decode(name.AsSpan().TrimEnd((byte)0));
}
