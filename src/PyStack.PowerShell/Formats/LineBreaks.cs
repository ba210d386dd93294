using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Management.Automation.Host;
using System.Text;

namespace PyStack;

/// <summary>
/// Breaks lines that are too long for a view where PowerShell would do it badly: on a terminal, where it knows nothing of functions and paths, and in cultures in which it
/// breaks inside of words. Not for <c>Out-String</c> and <c>Out-File</c>, whose own width a view is not told.
/// </summary>
internal static class LineBreaks
{
    /// <summary>Less would be one word on each line.</summary>
    private const int MinWidth = 20;

    private const char Escape = '\x1b';

    // The languages of which PowerShell 7.6 assumes that they have words (StringManipulationHelper). The invariant culture, which C.UTF-8 and cron have, is none.
    private static readonly HashSet<string> LanguagesWithWords = new(StringComparer.OrdinalIgnoreCase) { "en", "fr", "de", "it", "pt", "es" };

    /// <summary>The lines as a view has to give them to PowerShell, so that none is broken inside of a word.</summary>
    /// <param name="before">Cells that the caller puts before each of them.</param>
    public static string[] ForView(string[] lines, PSHost? host, int before = 0)
    {
        // On a terminal PowerShell leaves the last column free.
        int? width = WidthOf(host) - 1 - before;
        return Array.TrueForAll(lines, line => line.Length <= width) || IsForText()
            ? lines
            : ForView(lines, width, Palette.HasTerminal(host, Console.IsOutputRedirected), CultureInfo.CurrentCulture.TwoLetterISOLanguageName);
    }

    /// <summary>The same.</summary>
    /// <param name="width">In cells; null if it is not known.</param>
    /// <param name="hasTerminal">Whether the lines go to a terminal of that width.</param>
    /// <param name="language">Two letters; <c>iv</c> in the invariant culture.</param>
    public static string[] ForView(string[] lines, int? width, bool hasTerminal, string language)
        => width is int known && (hasTerminal || !LanguagesWithWords.Contains(language)) ? Break(lines, known) : lines;

    /// <summary>The same lines, none wider than a width; what does not fit goes on in the next line, indented by four more blanks.</summary>
    /// <param name="width">In cells.</param>
    public static string[] Break(string[] lines, int width)
    {
        List<string> broken = new(lines.Length);
        foreach (string line in lines)
        {
            Break(line, Math.Max(width, MinWidth), broken);
        }

        return [.. broken];
    }

    private static void Break(string line, int width, List<string> broken)
    {
        int indent = Math.Min(line.Length - line.AsSpan().TrimStart(' ').Length, width / 4) + 4;
        string before = "";
        ReadOnlySpan<char> rest = line;
        while (Fit(rest, width - before.Length, out int end, out int next))
        {
            broken.Add(before + rest[..end].ToString());
            rest = rest[next..];
            before = new string(' ', indent);
        }

        broken.Add(before + rest.ToString());
    }

    /// <summary>Where a text that is too long is broken: best at a blank, else after a slash or comma, else where the line is full. False if it is not too long.</summary>
    private static bool Fit(ReadOnlySpan<char> text, int width, out int end, out int next)
    {
        int cells = 0;
        int blank = -1;
        int other = -1;
        bool isIndentation = true;
        for (int i = 0; i < text.Length;)
        {
            int length = SequenceLength(text[i..]);
            if (length > 0)
            {
                i += length;
                continue;
            }

            // Half of a surrogate pair does not come here: it is escaped.
            _ = Rune.DecodeFromUtf16(text[i..], out Rune rune, out length);
            int cell = Cells.Of(rune);
            isIndentation &= text[i] == ' ';
            if (text[i] == ' ' && !isIndentation)
            {
                blank = i;
            }

            if (cells + cell > width)
            {
                // The function goes to the next line with its word "in", and so does the number of a line.
                ReadOnlySpan<char> before = text[..Math.Max(blank, 0)];
                blank -= before.EndsWith(" in", StringComparison.Ordinal) ? 3 : before.EndsWith(" line", StringComparison.Ordinal) ? 5 : 0;
                end = blank > 0 ? blank : other > 0 ? other : i;
                next = blank > 0 ? blank + 1 : end;
                return true;
            }

            cells += cell;
            i += length;
            other = text[i - 1] is '/' or ',' ? i : other;
        }

        end = next = 0;
        return false;
    }

    /// <summary>The length of the colour at the beginning of a text; 0 if there is none.</summary>
    private static int SequenceLength(ReadOnlySpan<char> text)
        => text.Length > 2 && text[0] == Escape && text[1] == '[' ? text.IndexOf('m') + 1 : 0;

    // Only the call stack says which command asks for the view.
    private static bool IsForText()
        => Array.Exists(new StackTrace(fNeedFileInfo: false).GetFrames(), frame => frame.GetMethod()?.DeclaringType?.Name is "OutStringCommand" or "OutFileCommand");

    /// <summary>The width of the host's screen, or what it has where there is none; null if it does not know.</summary>
    public static int? WidthOf(PSHost? host)
    {
        try
        {
            return host?.UI?.RawUI?.BufferSize.Width is int width and > 0 ? width : null;
        }
        catch (Exception e) when (e is HostException or NotImplementedException or System.IO.IOException)
        {
            // A host without a screen.
            return null;
        }
    }
}
