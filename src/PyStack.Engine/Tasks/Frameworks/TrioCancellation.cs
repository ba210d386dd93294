using System;
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

    private readonly AttributeReader _status = new(search, "effectively_cancelled", "_scope", "_parent");
    private readonly AttributeReader _scope = new(search, "_deadline", "_shield");
    private readonly Dictionary<ulong, TrioLimit> _known = new(AddressHash.Comparer);
    private readonly List<(ulong Status, bool IsCancelled, ulong Scope)> _chain = [];

    /// <summary>What a CancelStatus and those around it say, as <c>CancelStatus.effective_deadline()</c>.</summary>
    public TrioLimit Of(ulong status)
    {
        _chain.Clear();
        TrioLimit limit = default;
        Span<ulong> read = stackalloc ulong[3];
        for (ulong at = status; !search.Values.IsNone(at) && _chain.Count < MaxDepth; at = read[2])
        {
            if (_known.TryGetValue(at, out limit))
            {
                break;
            }

            _status.Read(at, read);
            _chain.Add((at, search.Values.Bool(read[0]) == true, read[1]));
        }

        for (int i = _chain.Count - 1; i >= 0; i--)
        {
            limit = new TrioLimit(_chain[i].IsCancelled, DeadlineIn(_chain[i].Scope, limit.Deadline));
            if (!search.IsDoubtful)
            {
                _known[_chain[i].Status] = limit;
            }
        }

        return limit;
    }

    private double? DeadlineIn(ulong scope, double? outside)
    {
        Span<ulong> read = stackalloc ulong[2];
        _scope.Read(scope, read);
        double? own = search.Values.Seconds(read[0]);
        double? outer = search.Values.Bool(read[1]) == true ? null : outside;
        return own is null ? outer : outer is null || own < outer ? own : outer;
    }
}
