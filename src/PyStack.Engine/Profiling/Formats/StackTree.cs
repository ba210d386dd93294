using System.Collections.Generic;

namespace PyStack.Engine.Profiling.Formats;

/// <summary>Stacks that share their outer frames: a node is a frame below another node.</summary>
internal sealed class StackTree
{
    /// <summary>The parent of outermost frames.</summary>
    public const int None = -1;

    private readonly Dictionary<(int Parent, int Frame), int> _nodes = [];

    /// <summary>The frames of the nodes: indices in a <see cref="FrameTable"/>.</summary>
    public List<int> Frames { get; } = [];

    /// <summary>The parents of the nodes, each before its children; <see cref="None"/> of outermost frames.</summary>
    public List<int> Parents { get; } = [];

    /// <summary>The node of a frame below another node.</summary>
    public int Add(int parent, int frame)
    {
        if (!_nodes.TryGetValue((parent, frame), out int node))
        {
            node = Frames.Count;
            _nodes.Add((parent, frame), node);
            Frames.Add(frame);
            Parents.Add(parent);
        }

        return node;
    }

    /// <summary>The innermost node of a stack; <paramref name="node"/> for a stack without frames.</summary>
    /// <param name="node">What the outermost frame is below.</param>
    public int Add(int node, FrameTable table, PyProfileFrameList frames)
    {
        foreach (PyProfileFrame frame in frames)
        {
            node = Add(node, table.Of(frame));
        }

        return node;
    }
}
