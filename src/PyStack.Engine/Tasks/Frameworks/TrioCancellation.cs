using System.Collections.Generic;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Tasks.Frameworks;

/// <summary>What the cancel scopes around a task do to it.</summary>
/// <param name="IsCancelled">Whether it was cancelled.</param>
/// <param name="Deadline">When it will be, in seconds of trio's clock; null for never.</param>
internal readonly record struct TrioLimit(bool IsCancelled, double? Deadline);

/// <summary>Reads cancel scopes: trio's CancelStatus, one for each scope that was entered, and the scope itself (trio/_core/_run.py).</summary>
internal sealed class TrioCancellation(TaskSearch search)
{
    /// <summary>Scopes around each other: more are not looked at.</summary>
    private const int MaxDepth = 1000;

    private readonly AttributeReader _isCancelled = new(search.Objects, "effectively_cancelled");
    private readonly AttributeReader _scope = new(search.Objects, "_scope");
    private readonly AttributeReader _parent = new(search.Objects, "_parent");
    private readonly AttributeReader _deadline = new(search.Objects, "_deadline");
    private readonly AttributeReader _shield = new(search.Objects, "_shield");
    private readonly Dictionary<ulong, TrioLimit> _known = new(AddressHash.Comparer);
    private readonly List<ulong> _chain = [];

    /// <summary>What a CancelStatus and those around it say, as <c>CancelStatus.effective_deadline()</c>.</summary>
    public TrioLimit Of(ulong status)
    {
        _chain.Clear();
        TrioLimit limit = default;
        for (ulong at = status; !search.Values.IsNone(at) && _chain.Count < MaxDepth; at = _parent.Get(at))
        {
            if (_known.TryGetValue(at, out limit))
            {
                break;
            }

            _chain.Add(at);
        }

        for (int i = _chain.Count - 1; i >= 0; i--)
        {
            limit = Inside(_chain[i], limit);
            _known[_chain[i]] = limit;
        }

        return limit;
    }

    private TrioLimit Inside(ulong status, TrioLimit outside)
    {
        ulong scope = _scope.Get(status);
        double? own = search.Values.Seconds(_deadline.Get(scope));
        double? outer = search.Values.Bool(_shield.Get(scope)) == true ? null : outside.Deadline;
        return new TrioLimit(search.Values.Bool(_isCancelled.Get(status)) == true, own is null ? outer : outer is null || own < outer ? own : outer);
    }
}
