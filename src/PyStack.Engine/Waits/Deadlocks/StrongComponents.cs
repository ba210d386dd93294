using System;
using System.Collections.Generic;

namespace PyStack.Engine.Waits.Deadlocks;

/// <summary>The cycles of a graph: its strongly connected components (R. Tarjan, 1972), without recursion, since a chain of threads can be long.</summary>
/// <param name="edges">Where each node leads; null of one that is not part of the graph.</param>
internal sealed class StrongComponents(IReadOnlyList<List<int>?> edges)
{
    private readonly int[] _number = new int[edges.Count];
    private readonly int[] _lowest = new int[edges.Count];
    private readonly bool[] _isOpen = new bool[edges.Count];
    private readonly Stack<int> _open = [];
    private readonly List<List<int>> _found = [];
    private int _last;

    /// <summary>Each component that has a cycle, in the order of its edges from its first node on.</summary>
    public List<List<int>> Find()
    {
        for (int i = 0; i < edges.Count; i++)
        {
            if (edges[i] is not null && _number[i] == 0)
            {
                Visit(i);
            }
        }

        return _found;
    }

    private void Visit(int start)
    {
        Stack<(int Node, int Next)> path = [];
        Enter(start, path);
        while (path.TryPop(out (int Node, int Next) at))
        {
            List<int> next = edges[at.Node]!;
            if (at.Next < next.Count)
            {
                path.Push((at.Node, at.Next + 1));
                int other = next[at.Next];
                if (_number[other] == 0)
                {
                    Enter(other, path);
                }
                else if (_isOpen[other])
                {
                    _lowest[at.Node] = Math.Min(_lowest[at.Node], _number[other]);
                }

                continue;
            }

            if (path.TryPeek(out (int Node, int Next) outer))
            {
                _lowest[outer.Node] = Math.Min(_lowest[outer.Node], _lowest[at.Node]);
            }

            if (_lowest[at.Node] == _number[at.Node])
            {
                Close(at.Node);
            }
        }
    }

    private void Enter(int node, Stack<(int Node, int Next)> path)
    {
        _number[node] = _lowest[node] = ++_last;
        _isOpen[node] = true;
        _open.Push(node);
        path.Push((node, 0));
    }

    private void Close(int root)
    {
        List<int> component = [];
        int node;
        do
        {
            node = _open.Pop();
            _isOpen[node] = false;
            component.Add(node);
        }
        while (node != root);
        if (component.Count > 1 || edges[root]!.Contains(root))
        {
            // In the order in which they were entered, which is that of the edges.
            component.Reverse();
            _found.Add(component);
        }
    }
}
