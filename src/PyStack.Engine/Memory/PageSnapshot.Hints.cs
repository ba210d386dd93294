using System;

namespace PyStack.Engine.Memory;

/// <content>Beginning with the pages that the last walk has read.</content>
internal sealed unsafe partial class PageSnapshot
{
    // How many of the first slots hold pages that were fetched on a guess, and which of these were asked for since.
    private int _guessed;
    private bool[] _isUsed = [];

    /// <summary>Forgets all pages, and fetches those that an earlier copy of the same process has noted.</summary>
    public void ClearAndFetch(PageHints hints)
    {
        Clear();
        if (_source is not ProcessMemorySource source)
        {
            return;
        }

        foreach (ulong page in hints.Pages)
        {
            // What may have to be fetched from a disk is not fetched on a guess, and not in one call with others.
            if (_table.Count < _maxPages / 2 && source.FileBacked?.MayWait(page, PageSize, out _) != true)
            {
                _table.SetReadable(_table.Add(page), true);
            }
        }

        _guessed = _prepared = _table.Count;
        if (_isUsed.Length < _guessed)
        {
            _isUsed = new bool[_guessed * 2];
        }

        _isUsed.AsSpan(0, _guessed).Clear();
        ReserveChunks(_guessed);
        BuildVectors();
        Refresh();
        _prepared = 0;
    }

    /// <summary>Notes the pages that were asked for since; the others are no longer part of the copy.</summary>
    public void Note(PageHints hints)
    {
        hints.Pages.Clear();
        for (int slot = 0; slot < _table.Count; slot++)
        {
            if (slot < _guessed && !_isUsed[slot])
            {
                _table.SetReadable(slot, false);
            }
            else if (_table.IsReadable(slot))
            {
                hints.Pages.Add(_table.Address(slot));
            }
        }

        hints.Pages.Sort();
        _lastPage = ulong.MaxValue;
    }
}
