using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace PyStack;

/// <summary>Makes one string of a screen: each line is written over the one that is there, so that nothing flickers.</summary>
internal static class ScreenText
{
    // A terminal that knows synchronized output (mode 2026) shows all of it at once; others ignore the sequence.
    private const string Begin = "\x1b[?2026h";
    private const string End = "\x1b[?2026l";
    private const string ClearToEndOfLine = "\x1b[K";

    public static string Of(IReadOnlyList<ScreenLine> lines, bool isColoured, int height)
    {
        StringBuilder screen = new(Begin);
        for (int i = 0; i < height; i++)
        {
            // By its number, and not by a line feed: a terminal that is smaller than it was would scroll.
            _ = screen.Append(CultureInfo.InvariantCulture, $"\x1b[{i + 1};1H");
            if (i < lines.Count)
            {
                lines[i].AppendTo(screen, isColoured);
            }

            _ = screen.Append(ClearToEndOfLine);
        }

        return screen.Append(End).ToString();
    }
}
