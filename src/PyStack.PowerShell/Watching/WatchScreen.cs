using System;
using System.Collections.Generic;

namespace PyStack;

/// <summary>The screen of <c>Watch-PyStack</c>: reads keys, and draws when something has changed. For one thread.</summary>
internal sealed class WatchScreen(FullScreen terminal, bool isColoured, TimeSpan interval) : IDisposable
{
    private readonly byte[] _typed = new byte[256];
    private (int Width, int Height) _size;
    private int _count;
    private bool _hasChanged = true;

    /// <summary>What is shown, and how.</summary>
    public WatchView View { get; } = new();

    /// <summary>Whether the user, or the end of the terminal, has ended it.</summary>
    public bool IsOver => View.IsOver || terminal.IsGone;

    /// <summary>Shows what the processes do now.</summary>
    public void Show(IReadOnlyList<PyActivity> activities)
    {
        View.Update(activities);
        _hasChanged = true;
    }

    /// <summary>Shows a sentence in the last line.</summary>
    public void Say(string message)
    {
        View.Message = message;
        _hasChanged = true;
    }

    /// <summary>Does what was typed, and draws if something has changed. Does not wait.</summary>
    public void Tick()
    {
        int read = terminal.Read(_typed.AsSpan(_count));
        int all = _count + read;

        // The rest of a sequence may still be on its way; a key Escape is one that nothing follows.
        int rest = read == 0 ? 0 : Keys.IncompleteEnd(_typed.AsSpan(0, all));
        foreach (Key key in Keys.Read(_typed.AsSpan(0, all - rest)))
        {
            View.Message = "";
            View.Press(key);
            _hasChanged = true;
        }

        _typed.AsSpan(all - rest, rest).CopyTo(_typed);
        _count = rest < _typed.Length / 2 ? rest : 0;
        (int, int) size = terminal.Size;
        if (_hasChanged || size != _size)
        {
            (_size, _hasChanged) = (size, false);
            terminal.Write(ScreenText.Of(WatchPage.Lines(View, _size.Width, _size.Height, interval), isColoured, _size.Height));
        }
    }

    public void Dispose() => terminal.Dispose();
}
