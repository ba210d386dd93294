using System.Collections.Generic;

namespace PyStack.Engine.Waits.Deadlocks;

/// <summary>
/// Who waits for whom. A thread that waits for another thread cannot go on before that one does. A thread that waits for a process cannot go on before one of its threads does, whichever: so
/// it is blocked only if all of them are. What remains after everybody was taken away who can go on is blocked, and deadlocks are the cycles in it.
/// </summary>
/// <remarks>
/// A wait without a known holder is no edge, so that whoever waits for such a thread is not blocked. One exception is made, for a process with a thread that is blocked in writing to another one: threads
/// that only their own process can wake, such as the idle ones of a pool, are taken to be no help.
/// </remarks>
internal sealed class WaitGraph
{
    private readonly List<WaitNode> _nodes = [];
    private readonly Dictionary<(int ProcessId, int ThreadId), int> _index = [];
    private readonly Dictionary<int, ProcessThreads> _processes = [];
    private readonly Dictionary<int, List<int>> _members = [];

    // For each node, and after those for each process, what has to go on first; null of one that can go on.
    private readonly List<List<int>?> _needs = [];
    private readonly Dictionary<int, int> _processNodes = [];
    private readonly Dictionary<int, int> _processOf = [];
    private readonly Dictionary<int, int> _unknown = [];
    private readonly bool _isOpen;

    /// <param name="processes">Those that were looked at.</param>
    /// <param name="isOpen">
    /// Whether others can still be looked at: then a thread that is not known is taken to be blocked, and its process is in <see cref="Wanted"/>. If not, it is taken to be able to go on.
    /// </param>
    public WaitGraph(IReadOnlyCollection<ProcessThreads> processes, bool isOpen)
    {
        _isOpen = isOpen;
        foreach (ProcessThreads process in processes)
        {
            Add(process);
        }

        for (int i = 0; i < _nodes.Count; i++)
        {
            _needs.Add(null);
        }

        for (int i = 0; i < _nodes.Count; i++)
        {
            _needs[i] = NeedsOf(_nodes[i]);
        }

        RemoveFree();
    }

    /// <summary>The processes all of whose threads have to be looked at before it is known who is blocked.</summary>
    public List<int> Wanted
    {
        get
        {
            List<int> wanted = [];
            foreach ((int node, int processId) in _unknown)
            {
                if (_needs[node] is not null && !wanted.Contains(processId) && _needs.Exists(needs => needs?.Contains(node) == true))
                {
                    wanted.Add(processId);
                }
            }

            return wanted;
        }
    }

    /// <summary>The deadlocks, if all that is <see cref="Wanted"/> is known.</summary>
    public List<Deadlock> Find()
    {
        List<Deadlock> found = [];
        Dictionary<int, Deadlock> owners = [];
        foreach (List<int> component in new StrongComponents(_needs).Find())
        {
            List<WaitNode> members = MembersOf(component);
            if (members.Count > 0)
            {
                Keep(new Deadlock(members.Count == 1 ? PyDeadlockKind.Self : PyDeadlockKind.Cycle, members) { Witnesses = WitnessesOf(component) }, component, found, owners);
            }
        }

        FindGone(found, owners);
        for (int i = 0; i < _nodes.Count; i++)
        {
            if (_needs[i] is not null && !owners.ContainsKey(i) && Follow(i, owners) is Deadlock deadlock)
            {
                deadlock.Followers.Add(_nodes[i]);
            }
        }

        return found;
    }

    private static void Keep(Deadlock deadlock, List<int> component, List<Deadlock> found, Dictionary<int, Deadlock> owners)
    {
        found.Add(deadlock);
        component.ForEach(i => owners.TryAdd(i, deadlock));
    }

    private void Add(ProcessThreads process)
    {
        if (!_processes.TryAdd(process.ProcessId, process))
        {
            return;
        }

        List<int> members = _members[process.ProcessId] = [];
        foreach (PyThread thread in process.Threads)
        {
            // 0 is a thread whose OS thread has ended or is not known.
            if (thread.ThreadId <= 0)
            {
                continue;
            }

            if (!_index.TryGetValue((process.ProcessId, thread.ThreadId), out int at))
            {
                at = _nodes.Count;
                _index.Add((process.ProcessId, thread.ThreadId), at);
                _nodes.Add(new WaitNode(process.ProcessId, thread.ThreadId));
                members.Add(at);
            }

            _nodes[at].Parts.Add(thread);
        }
    }

    private List<int>? NeedsOf(WaitNode node)
    {
        if (node.EndsSoon)
        {
            return null;
        }

        if (node.IsHolderGone)
        {
            return [];
        }

        if (node.HolderThreadId > 0)
        {
            return _index.TryGetValue((node.ProcessId, node.HolderThreadId), out int holder) ? [holder] : _isOpen && !_processes[node.ProcessId].IsWhole ? [Unknown(node.ProcessId)] : null;
        }

        return node.HolderProcessId > 0 ? [ProcessNode(node.HolderProcessId, node)] : null;
    }

    private int Unknown(int processId)
    {
        int at = _needs.Count;
        _unknown.Add(at, processId);
        _needs.Add([]);
        return at;
    }

    private int ProcessNode(int processId, WaitNode asking)
    {
        List<int> members = _members.GetValueOrDefault(processId) ?? [];
        bool isLenient = asking.IsWriting || members.Exists(i => _nodes[i].IsWriting);

        // Two nodes of a process, one for each rule.
        int key = isLenient ? processId : -processId;
        if (_processNodes.TryGetValue(key, out int known))
        {
            return known;
        }

        bool isWhole = _processes.TryGetValue(processId, out ProcessThreads? process) && process.IsWhole;
        List<int>? needs = process is null ? [] : AllOf(members, isLenient);
        if (!isWhole)
        {
            needs = _isOpen ? needs : null;
            needs?.Add(Unknown(processId));
        }

        int at = _needs.Count;
        _processNodes.Add(key, at);
        _processOf.Add(at, processId);
        _needs.Add(needs);
        return at;
    }

    // Null if one of them can go on.
    private List<int>? AllOf(List<int> members, bool isLenient)
    {
        List<int> all = [];
        foreach (int i in members)
        {
            if (isLenient && _nodes[i].IsInternal)
            {
                continue;
            }

            // A limit of anybody in a process is one of all that wait for it.
            if (_nodes[i].Timeout is not null)
            {
                return null;
            }

            all.Add(i);
        }

        return all.Count == 0 ? null : all;
    }

    // Whoever needs one that can go on can go on.
    private void RemoveFree()
    {
        List<int>?[] neededBy = new List<int>?[_needs.Count];
        Stack<int> free = [];
        for (int i = 0; i < _needs.Count; i++)
        {
            if (_needs[i] is not List<int> needs)
            {
                free.Push(i);
                continue;
            }

            foreach (int other in needs)
            {
                (neededBy[other] ??= []).Add(i);
            }
        }

        while (free.TryPop(out int one))
        {
            foreach (int waiting in neededBy[one] ?? [])
            {
                if (_needs[waiting] is not null)
                {
                    _needs[waiting] = null;
                    free.Push(waiting);
                }
            }
        }
    }

    private bool IsNeeded(int node) => _needs.Exists(needs => needs?.Contains(node) == true);

    // Without the processes between them; the one that is first in the list of threads is the first here.
    private List<WaitNode> MembersOf(List<int> component)
    {
        List<int> threads = component.FindAll(i => i < _nodes.Count);
        List<WaitNode> members = new(threads.Count);
        int first = 0;
        for (int i = 1; i < threads.Count; i++)
        {
            first = threads[i] < threads[first] ? i : first;
        }

        for (int i = 0; i < threads.Count; i++)
        {
            members.Add(_nodes[threads[(first + i) % threads.Count]]);
        }

        return members;
    }

    // Everybody on whom it depends that this is a deadlock, among them all threads of each process that one of them waits for.
    private List<WaitNode> WitnessesOf(List<int> component)
    {
        List<WaitNode> all = [];
        HashSet<int> seen = [];
        Stack<int> left = new(component);
        while (left.TryPop(out int node))
        {
            if (!seen.Add(node))
            {
                continue;
            }

            _needs[node]?.ForEach(left.Push);
            if (node < _nodes.Count)
            {
                all.Add(_nodes[node]);
            }
            else if (_processOf.TryGetValue(node, out int processId))
            {
                _members.GetValueOrDefault(processId)?.ForEach(left.Push);
            }
        }

        return all;
    }

    // All that wait for one object are one deadlock.
    private void FindGone(List<Deadlock> found, Dictionary<int, Deadlock> owners)
    {
        Dictionary<(int, string), List<int>> groups = [];
        for (int i = 0; i < _nodes.Count; i++)
        {
            if (_needs[i] is { Count: 0 })
            {
                WaitNode node = _nodes[i];
                (int, string) key = (node.ProcessId, node.Wait!.Object ?? $"thread {node.ThreadId}");
                if (!groups.TryGetValue(key, out List<int>? group))
                {
                    groups.Add(key, group = []);
                }

                group.Add(i);
            }
        }

        foreach (List<int> group in groups.Values)
        {
            List<WaitNode> members = group.ConvertAll(i => _nodes[i]);
            Keep(new Deadlock(PyDeadlockKind.HolderGone, members) { Witnesses = members }, group, found, owners);
        }
    }

    private Deadlock? Follow(int from, Dictionary<int, Deadlock> owners)
    {
        HashSet<int> seen = [];
        Stack<int> left = new([from]);
        while (left.TryPop(out int node))
        {
            if (owners.TryGetValue(node, out Deadlock? deadlock))
            {
                return deadlock;
            }

            if (seen.Add(node))
            {
                foreach (int next in _needs[node] ?? [])
                {
                    left.Push(next);
                }
            }
        }

        return null;
    }
}
