using System;
using System.Text;

namespace PyStack;

/// <summary>The source line below a Python frame, with the running expression coloured.</summary>
internal static class SourceLineView
{
    /// <summary>The mark of a source file that is newer than the process.</summary>
    public const string NewerMark = "  # the file is newer than the process";

    /// <summary>
    /// What is left out around a source line: the white space of Python's grammar, and line ends. Other white space, such as U+2028, is escaped.
    /// </summary>
    public const string WhiteSpace = " \t\f\r\n";

    /// <summary>Appends the line, stripped, after 8 spaces; nothing if there is none to show.</summary>
    public static void Append(StringBuilder text, PyFrame frame, Palette palette)
    {
        string line = frame.SourceLine ?? "";
        int start = line.Length - line.AsSpan().TrimStart(WhiteSpace).Length;
        int end = line.AsSpan().TrimEnd(WhiteSpace).Length;
        if (start >= end)
        {
            return;
        }

        text.Append("\n        ");
        (int from, int to) = palette.IsPlain ? (end, end) : Running(line, frame, start, end);
        TerminalText.AppendEscaped(text, line.AsSpan(start, from - start));
        if (to > from)
        {
            TerminalText.AppendEscaped(text.Append(palette.Running), line.AsSpan(from, to - from));
            text.Append(palette.Reset);
        }

        TerminalText.AppendEscaped(text, line.AsSpan(to, end - to));
        if (frame.IsSourceNewer)
        {
            text.Append(NewerMark);
        }
    }

    /// <summary>The running expression as indexes into the line, inside the part that is shown.</summary>
    private static (int From, int To) Running(string line, PyFrame frame, int start, int end)
    {
        if (frame.Column is not { } column)
        {
            return (end, end);
        }

        bool goesOn = frame.EndLine > frame.Line;
        int from = Math.Clamp(SourceColumns.IndexOfByte(line, column), start, end);
        int to = goesOn ? end : frame.EndColumn is { } endColumn ? Math.Clamp(SourceColumns.IndexOfByte(line, endColumn), from, end) : from;
        return (from, to);
    }
}
