using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Threading;

namespace PyStack.Engine.Primitives;

/// <summary>A table with a maximum number of values; the least recently used is removed. Safe for several threads.</summary>
internal sealed class BoundedCache<TKey, TValue>(int capacity)
    where TKey : notnull
    where TValue : class
{
    private readonly Lock _gate = new();
    private readonly Dictionary<TKey, LinkedListNode<KeyValuePair<TKey, TValue>>> _known = [];

    // The least recently used first.
    private readonly LinkedList<KeyValuePair<TKey, TValue>> _byUse = [];

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _known.Count;
            }
        }
    }

    public bool TryGet(TKey key, [NotNullWhen(true)] out TValue? value)
    {
        lock (_gate)
        {
            if (!_known.TryGetValue(key, out LinkedListNode<KeyValuePair<TKey, TValue>>? node))
            {
                value = null;
                return false;
            }

            _byUse.Remove(node);
            _byUse.AddLast(node);
            value = node.Value.Value;
            return true;
        }
    }

    public void Set(TKey key, TValue value)
    {
        lock (_gate)
        {
            if (_known.Remove(key, out LinkedListNode<KeyValuePair<TKey, TValue>>? old))
            {
                _byUse.Remove(old);
            }
            else if (_known.Count >= capacity && _byUse.First is { } oldest)
            {
                _known.Remove(oldest.Value.Key);
                _byUse.Remove(oldest);
            }

            _known.Add(key, _byUse.AddLast(new KeyValuePair<TKey, TValue>(key, value)));
        }
    }

    public void Clear()
    {
        lock (_gate)
        {
            _known.Clear();
            _byUse.Clear();
        }
    }
}
