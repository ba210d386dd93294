using System.Collections.Generic;
using System.Text;

namespace PyStack;

/// <summary>How a part of a line is shown.</summary>
internal enum LineStyle
{
    Plain,
    Strong,
    Heading,
    Running,
    Waiting,
    Gil,
    Selected,
}

/// <summary>A line of the screen: parts with a style, together no wider than the screen. Texts are escaped when they are added.</summary>
/// <param name="width">In cells.</param>
internal sealed class ScreenLine(int width)
{
    private readonly List<(string Text, LineStyle Style)> _parts = [];

    /// <summary>Cells that are free.</summary>
    public int Room { get; private set; } = width;

    /// <summary>The line without styles.</summary>
    public string Text => string.Concat(_parts.ConvertAll(part => part.Text));

    /// <summary>Adds a text, cut where there is no room for it.</summary>
    public ScreenLine Add(string text, LineStyle style = LineStyle.Plain) => AddEscaped(Cells.Cut(TerminalText.Escape(text), Room), style);

    /// <summary>Adds a text in a column of its own, and a blank after it.</summary>
    public ScreenLine AddColumn(string text, int room, LineStyle style = LineStyle.Plain, bool isRight = false)
        => AddEscaped(Cells.Cut(Cells.Fit(TerminalText.Escape(text), room, isRight) + " ", Room), style);

    /// <summary>The same line in one style, as wide as the screen.</summary>
    public ScreenLine Whole(LineStyle style)
    {
        _ = AddEscaped(new string(' ', Room), style);
        string text = Text;
        _parts.Clear();
        _parts.Add((text, style));
        return this;
    }

    /// <summary>Appends it with the sequences of its styles.</summary>
    public void AppendTo(StringBuilder screen, bool isColoured)
    {
        foreach ((string text, LineStyle style) in _parts)
        {
            string sequence = isColoured ? SequenceOf(style) : "";
            _ = sequence.Length == 0 ? screen.Append(text) : screen.Append(sequence).Append(text).Append("\x1b[0m");
        }
    }

    // ECMA-48 SGR.
    private static string SequenceOf(LineStyle style) => style switch
    {
        LineStyle.Strong => "\x1b[1m",
        LineStyle.Heading => "\x1b[7m",
        LineStyle.Running => "\x1b[32m",
        LineStyle.Waiting => "\x1b[36m",
        LineStyle.Gil => "\x1b[33m",
        LineStyle.Selected => "\x1b[1;7m",
        _ => "",
    };

    private ScreenLine AddEscaped(string text, LineStyle style)
    {
        if (text.Length > 0)
        {
            Room -= Cells.Of(text);
            _parts.Add((text, style));
        }

        return this;
    }
}
