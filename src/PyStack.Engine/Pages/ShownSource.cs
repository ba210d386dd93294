using System;

namespace PyStack.Engine.Pages;

/// <summary>Lines of source as pages show them.</summary>
internal static class ShownSource
{
    /// <summary>Characters of one line; the rest is replaced by an ellipsis.</summary>
    private const int MaxLength = 1000;

    /// <summary>The lines of a file, as Python counts them: by these three ends, and by no others of Unicode's.</summary>
    public static string[] LinesOf(string text) => text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n').Split('\n');

    /// <summary>The line with tabs as spaces, and with its control and invisible characters written out.</summary>
    public static string Of(string line)
    {
        string whole = line.Replace("\t", "    ", StringComparison.Ordinal).Replace('\f', ' ');
        return TerminalText.Escape(whole.Length > MaxLength ? whole[..MaxLength] : whole) + (whole.Length > MaxLength ? "…" : "");
    }

    /// <summary>Where a UTF-8 byte of the line is in what <see cref="Of"/> makes of it.</summary>
    /// <param name="offset">From 0, as <see cref="PyFrame.Column"/>.</param>
    public static int IndexOf(string line, int offset)
    {
        string before = line[..SourceColumns.IndexOfByte(line, offset)].Replace("\t", "    ", StringComparison.Ordinal);
        return TerminalText.Escape(before.Length > MaxLength ? before[..MaxLength] : before).Length;
    }
}
