using System;
using System.Buffers.Text;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using PyStack.Engine.Native;
using PyStack.Engine.Targets.Live.Procfs;

namespace PyStack.Engine.Waits.Descriptors;

/// <summary>A process that has a descriptor of the other end.</summary>
/// <param name="Access">O_RDONLY, O_WRONLY or O_RDWR; -1 if it is not known.</param>
internal readonly record struct PeerProcess(int ProcessId, int Access);

/// <summary>
/// Which processes have the other ends of pipes, unix sockets and terminals: one look through the descriptors of all processes that we may see, for all that is wanted
/// at once, and only if something is.
/// </summary>
internal sealed class PeerProcesses(int ownId, WaitBudget budget)
{
    private const int MaxLink = 256;
    private const int MaxInfoBytes = 4096;
    private const int MostOfOne = 64;

    private readonly Dictionary<string, List<PeerProcess>> _found = new(StringComparer.Ordinal);
    private readonly HashSet<int> _terminals = [];
    private bool _wantsAll;

    /// <summary>Whether all processes that there are were looked at, all of their descriptors.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>Asks for who has a link, such as <c>pipe:[4711]</c>.</summary>
    /// <param name="isPrivate">Whether nobody else is looked for if the process has it itself: of a pair of sockets that it has made for its own use.</param>
    public void Want(string link, bool isPrivate)
    {
        if (_found.TryAdd(link, []))
        {
            _wantsAll |= !isPrivate;
        }
    }

    /// <summary>Asks for who has the master of a terminal.</summary>
    public void WantMaster(int terminal)
    {
        _terminals.Add(terminal);
        Want(MasterOf(terminal), isPrivate: false);
    }

    /// <summary>Who has it, after the look.</summary>
    public IReadOnlyList<PeerProcess> Of(string link) => _found.TryGetValue(link, out List<PeerProcess>? found) ? found : [];

    public static string MasterOf(int terminal) => "ptmx:" + terminal.ToString(CultureInfo.InvariantCulture);

    public void Look()
    {
        if (_found.Count == 0)
        {
            return;
        }

        Dictionary<string, List<PeerProcess>>.AlternateLookup<ReadOnlySpan<char>> wanted = _found.GetAlternateLookup<ReadOnlySpan<char>>();
        List<int> numbers = [];
        bool isComplete = Look(ownId, numbers, wanted);
        if (!_wantsAll && !HasUnfound())
        {
            return;
        }

        List<int> processes = [];
        FolderCalls.ListNumbers("/proc/", processes);
        foreach (int processId in processes)
        {
            if (!budget.Remains)
            {
                return;
            }

            if (processId != ownId)
            {
                isComplete &= Look(processId, numbers, wanted);
            }
        }

        IsComplete = isComplete;
    }

    private bool HasUnfound()
    {
        foreach (List<PeerProcess> one in _found.Values)
        {
            if (one.Count == 0)
            {
                return true;
            }
        }

        return false;
    }

    // False if there may be descriptors that were not looked at.
    private bool Look(int processId, List<int> numbers, Dictionary<string, List<PeerProcess>>.AlternateLookup<ReadOnlySpan<char>> wanted)
    {
        string folder = ProcessFacts.Folder(processId) + "/fd/";
        numbers.Clear();
        if (!FolderCalls.ListNumbers(folder, numbers))
        {
            return ProcFile.ReadLine(ProcessFacts.Folder(processId) + "/comm") is null;
        }

        Span<byte> path = stackalloc byte[64];
        Span<byte> link = stackalloc byte[MaxLink];
        Span<char> text = stackalloc char[MaxLink];
        int start = Encoding.ASCII.GetBytes(folder, path);
        foreach (int number in numbers)
        {
            if ((number & 0xff) == 0xff && !budget.Remains)
            {
                return false;
            }

            _ = Utf8Formatter.TryFormat(number, path[start..], out int digits);
            path[start + digits] = 0;
            int length = LinkCalls.Read(path, link);

            // A longer name, or one of other characters than ASCII, is no pipe, socket or terminal.
            if (length is 0 or MaxLink || !Ascii.IsValid(link[..length]))
            {
                continue;
            }

            Encoding.ASCII.GetChars(link[..length], text);
            if (_terminals.Count > 0 && link[..length].EndsWith("/ptmx"u8))
            {
                int terminal = ProcFile.TryRead(InfoOf(processId, number), MaxInfoBytes, out byte[] info) ? ProcFile.ReadNumber(info, "tty-index"u8) : -1;
                if (terminal >= 0 && _found.TryGetValue(MasterOf(terminal), out List<PeerProcess>? masters))
                {
                    Add(masters, new PeerProcess(processId, -1));
                }
            }
            else if (wanted.TryGetValue(text[..length], out List<PeerProcess>? peers))
            {
                Add(peers, new PeerProcess(processId, ProcFile.TryRead(InfoOf(processId, number), MaxInfoBytes, out byte[] info) ? DescriptorReader.AccessOf(info) : -1));
            }
        }

        return true;
    }

    private static void Add(List<PeerProcess> peers, PeerProcess peer)
    {
        if (peers.Count < MostOfOne && !peers.Contains(peer))
        {
            peers.Add(peer);
        }
    }

    private static string InfoOf(int processId, int number) => string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/fdinfo/{number}");
}
