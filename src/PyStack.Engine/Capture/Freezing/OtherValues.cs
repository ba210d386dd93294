using System;
using System.Collections.Generic;
using PyStack.Engine.Memory;

namespace PyStack.Engine.Capture.Freezing;

/// <summary>
/// The variables of threads that are not stopped: their objects can be changed by those that run. Few pages are, most of them again and again: only these
/// are copied in the freeze, and all others are compared afterwards.
/// </summary>
internal sealed class OtherValues(PageSnapshot pages)
{
    /// <summary>Where more pages than this have changed, and more than one of <see cref="ChangingShare"/>, all are copied.</summary>
    private const int MaxChanging = 256;
    private const int ChangingShare = 16;

    // Pages that have changed since an earlier reading: those that run will change them again.
    private readonly HashSet<ulong> _restless = [];
    private readonly SortedSet<int> _chosen = [];
    private readonly List<int> _changed = [];

    /// <summary>The slots of the pages that are copied in the freeze, ascending.</summary>
    public List<int> Changing { get; } = [];

    /// <summary>Finds out what has changed since the process was read.</summary>
    /// <returns>False if it is too much.</returns>
    public bool TryFindChanging()
    {
        Compare();
        _chosen.Clear();
        foreach (ulong page in _restless)
        {
            if (pages.SlotOf(page) is >= 0 and int slot)
            {
                _ = _chosen.Add(slot);
            }
        }

        Changing.Clear();
        if (_chosen.Count > Math.Max(MaxChanging, pages.PageCount / ChangingShare))
        {
            return false;
        }

        Changing.AddRange(_chosen);
        return true;
    }

    /// <summary>Begins a capture.</summary>
    public void Clear() => _restless.Clear();

    /// <summary>Whether nothing has changed since the process was read.</summary>
    public bool HaveStayed()
    {
        Compare();
        return _changed.Count == 0;
    }

    /// <summary>The slots of the pages that <see cref="HaveOthersStayed"/> has found changed.</summary>
    public List<int> Moved { get; } = [];

    /// <summary>Whether the pages that were not copied in the freeze are the same after it: equal before and afterwards, they were equal in it.</summary>
    public bool HaveOthersStayed()
    {
        Compare();
        Moved.Clear();
        int known = 0;
        foreach (int slot in _changed)
        {
            while (known < Changing.Count && Changing[known] < slot)
            {
                known++;
            }

            if (known == Changing.Count || Changing[known] != slot)
            {
                Moved.Add(slot);
            }
        }

        return Moved.Count == 0;
    }

    private void Compare()
    {
        pages.FindChanged(_changed);
        foreach (int slot in _changed)
        {
            _ = _restless.Add(pages.PageAt(slot));
        }
    }
}
