using System.Collections.Generic;
using PyStack.Engine.Targets.Live.Procfs;

namespace PyStack.Engine.Discovery;

/// <summary>Which process is the parent of which, for all processes that procfs shows.</summary>
/// <remarks>
/// Processes are read one after the other while they start and end, and an id can be used again meanwhile: so the parents may form a cycle.
/// </remarks>
internal sealed class ProcessTree
{
    private readonly Dictionary<int, List<int>> _children = [];

    /// <param name="processes">Each process with its parent.</param>
    public ProcessTree(IEnumerable<(int ProcessId, int ParentId)> processes)
    {
        foreach ((int processId, int parentId) in processes)
        {
            if (!_children.TryGetValue(parentId, out List<int>? children))
            {
                _children.Add(parentId, children = []);
            }

            children.Add(processId);
        }
    }

    /// <summary>The processes as they are now.</summary>
    public static ProcessTree Read()
    {
        List<int> ids = ThreadDirectory.List("/proc/");
        ids.Sort();
        List<(int, int)> processes = new(ids.Count);
        foreach (int processId in ids)
        {
            if (ProcessFacts.TryReadParent(processId, out int parentId))
            {
                processes.Add((processId, parentId));
            }
        }

        return new ProcessTree(processes);
    }

    /// <summary>The children of a process, their children, and so on: each once, a parent before its children, the process itself left out.</summary>
    public List<int> Descendants(int processId)
    {
        List<int> found = [];
        HashSet<int> seen = [processId];
        Stack<int> left = new([processId]);
        while (left.TryPop(out int parent))
        {
            if (parent != processId)
            {
                found.Add(parent);
            }

            if (!_children.TryGetValue(parent, out List<int>? children))
            {
                continue;
            }

            // The last one is pushed first, so that the first one is taken next.
            for (int i = children.Count - 1; i >= 0; i--)
            {
                if (seen.Add(children[i]))
                {
                    left.Push(children[i]);
                }
            }
        }

        return found;
    }
}
