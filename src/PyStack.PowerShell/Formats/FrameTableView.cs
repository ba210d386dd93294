using System;
using System.Globalization;
using System.Management.Automation.Host;

namespace PyStack;

/// <summary>What the table of frames does about the width of the terminal beyond PowerShell, which knows neither names nor paths.</summary>
internal static class FrameTableView
{
    // Of a function's name, and what the other columns need of the line, the end of a path included.
    private const int MinFunction = 34;
    private const int OtherColumns = 56;

    /// <summary>Below this a source line has nothing to read, and PowerShell would break the column's name into one letter on each line.</summary>
    private const int MinSource = 12;

    /// <summary>A function's name. C++ and Rust have names of hundreds of characters, beside which there would be no room for any other column.</summary>
    /// <param name="function">Escaped.</param>
    /// <param name="host">The session's; null for none.</param>
    public static string Function(string function, PSHost? host)
    {
        int length = Math.Max(MinFunction, (LineBreaks.WidthOf(host) ?? 0) - OtherColumns);
        return function.Length <= length ? function : function[..(length - 1)] + "…";
    }

    /// <summary>
    /// A frame's path, escaped. Where it leaves little room for the source line it has blanks before it that take all of the room, so that PowerShell leaves that column out:
    /// a view can say how wide a column is, and not how narrow it may become.
    /// </summary>
    public static string File(PyFrame frame, PSHost? host)
    {
        string file = TerminalText.Escape(frame.File ?? "");
        if (LineBreaks.WidthOf(host) is not int width)
        {
            return file;
        }

        int function = Function(TerminalText.Escape(frame.Function ?? ""), host).Length;
        int used = Digits(frame.ThreadId, "ThreadId") + Digits(frame.Index, "Index") + Math.Max(function, "Function".Length) + Digits(frame.Line ?? 0, "Line")
            + Math.Max(file.Length, "File".Length) + 4;
        // On a terminal PowerShell leaves the last column free; and there is a blank before the source line.
        int room = width - 1 - used;
        return room is > 0 and <= MinSource ? file.PadLeft(Math.Max(file.Length, "File".Length) + room) : file;
    }

    private static int Digits(int number, string label) => Math.Max(number.ToString(CultureInfo.InvariantCulture).Length, label.Length);
}
