using System.Collections.Generic;
using System.Globalization;
using PyStack.Engine.Targets.Live;

namespace PyStack.Engine.Waits.Descriptors;

/// <summary>What is at the other ends of the descriptors of one call: first all are noted, then each table is read once.</summary>
internal sealed class OtherEnds(LiveProcess process, WaitBudget budget)
{
    private readonly Dictionary<ulong, SocketEnds> _sockets = [];
    private readonly HashSet<ulong> _wanted = [];
    private readonly PeerProcesses _peers = new(process.ProcessId, budget);

    /// <summary>Whether all processes that there are were looked at.</summary>
    public bool IsComplete => _peers.IsComplete;

    /// <summary>Notes what will be asked for.</summary>
    public void Want(Descriptor descriptor)
    {
        if (descriptor.Kind == DescriptorKind.Socket)
        {
            _wanted.Add(descriptor.Inode);
        }

        if (descriptor.PeerTerminal >= 0)
        {
            _peers.WantMaster(descriptor.PeerTerminal);
        }
        else if (descriptor.PeerLink is string link)
        {
            _peers.Want(link, isPrivate: false);
        }
    }

    /// <summary>Reads the tables.</summary>
    public void Look()
    {
        if (_wanted.Count > 0)
        {
            UnixSockets.Ask(process.Facts, _wanted, budget, _sockets);
            InternetSockets.Find(process.Facts, _wanted, budget, _sockets);
            UnixSockets.Find(process.Facts, _wanted, budget, _sockets);
            foreach (SocketEnds ends in _sockets.Values)
            {
                if (ends.PeerInode != 0)
                {
                    _peers.Want(LinkOf(ends.PeerInode), isPrivate: true);
                }
            }
        }

        _peers.Look();
    }

    /// <summary>The socket with both ends, or null.</summary>
    public SocketEnds? SocketOf(Descriptor descriptor) => descriptor.Kind == DescriptorKind.Socket && _sockets.TryGetValue(descriptor.Inode, out SocketEnds? ends) ? ends : null;

    /// <summary>The processes at the other end, those other than the target in front.</summary>
    public List<int> ProcessesAt(Descriptor descriptor)
    {
        string? link = descriptor.PeerTerminal >= 0 ? PeerProcesses.MasterOf(descriptor.PeerTerminal)
            : descriptor.PeerLink ?? (SocketOf(descriptor) is { PeerInode: not 0 } ends ? LinkOf(ends.PeerInode) : null);
        List<int> processes = [];
        foreach (PeerProcess peer in link is null ? [] : _peers.Of(link))
        {
            bool fits = peer.Access < 0 || descriptor.PeerAccess == PeerAccess.Any || peer.Access == 2 || (descriptor.PeerAccess == PeerAccess.Write) == (peer.Access == 1);
            if (fits && !processes.Contains(peer.ProcessId))
            {
                processes.Add(peer.ProcessId);
            }
        }

        if (processes.Count > 1 && processes.Remove(process.ProcessId))
        {
            processes.Add(process.ProcessId);
        }

        return processes;
    }

    private static string LinkOf(ulong inode) => string.Create(CultureInfo.InvariantCulture, $"socket:[{inode}]");
}
