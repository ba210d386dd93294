using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace PyStack;

/// <summary>The lines of the screen of <c>Watch-PyStack</c>: from a view and a size, and nothing else.</summary>
internal static class WatchPage
{
    private const string Keys = "q quit  / filter  s sort  space pause  i idle  m mode  Enter stack  ? help";

    private static readonly string[] HelpLines =
    [
        "q, Ctrl+C        end",
        "s                sort by the next of CPU, name, id, wait;  c n t w  by one of them",
        "/                show only what has a text: in functions, files, names, waits",
        "                 Enter keeps the filter, Esc removes it",
        "space            pause, and go on",
        "i                hide threads that wait, and show them again",
        "m                functions of threads that run, of all, of the GIL's holder",
        "up, down, j, k   select a thread;  also PgUp PgDn Home End",
        "Enter, right     the whole stack of that thread;  Esc, left  back",
        "Tab, p           next process;  Shift+Tab, P  the one before;  a  all",
        "?, h             this help",
        "",
        "S     R runs, S sleeps, D waits for a disk, T stopped, Z has ended",
        "      * has the GIL",
        "SELF  samples in which a function ran itself, of all that are counted",
        "TOTAL samples in which it, or what it has called, ran",
    ];

    /// <summary>The lines, none wider than the screen, and no more than it has.</summary>
    /// <param name="interval">How often it is refreshed.</param>
    public static List<ScreenLine> Lines(WatchView view, int width, int height, TimeSpan interval)
    {
        // In the last column some terminals keep the cursor on the line and others do not.
        int room = Math.Max(1, width - 1);
        List<ScreenLine> lines = [WatchHeader.First(view, room), WatchHeader.Second(view, room, interval)];
        int left = height - lines.Count - 1;
        if (view.ShowsHelp)
        {
            lines.AddRange(HelpLines.Take(Math.Max(0, left)).Select(line => new ScreenLine(room).Add(line)));
        }
        else if (view.ShowsStack)
        {
            lines.AddRange(StackPage.Lines(view, room, left));
        }
        else
        {
            AddTables(lines, view, room, left);
        }

        while (lines.Count < height - 1)
        {
            lines.Add(new ScreenLine(room));
        }

        lines = lines.Count > height - 1 ? lines[..Math.Max(0, height - 1)] : lines;
        lines.Add(Footer(view, room));
        return lines;
    }

    private static void AddTables(List<ScreenLine> lines, WatchView view, int room, int left)
    {
        List<PyThreadActivity> threads = view.Threads();
        List<PyProfileFunction> functions = view.Functions(out long samples);
        int functionRows = left < 8 ? 0 : Math.Min(functions.Count, Math.Max(left / 3, left - threads.Count - 2));
        int threadRows = Math.Max(0, left - 1 - (left < 8 ? 0 : functionRows + 1));
        view.PageSize = Math.Max(1, threadRows - 1);
        lines.AddRange(ThreadRows.Lines(view, threads, room, threadRows));
        if (left >= 8)
        {
            lines.AddRange(FunctionRows.Lines(view, functions, samples, room, functionRows));
        }
    }

    private static ScreenLine Footer(WatchView view, int room)
        => view.IsTyping
            ? new ScreenLine(room).Add("/", LineStyle.Strong).Add(Cells.CutStart(TerminalText.Escape(view.Filter), room - 2)).Add("_")
            : new ScreenLine(room).Add(view.Message.Length > 0 ? view.Message : view.ShowsStack || view.ShowsHelp ? "Esc back  up/down scroll  q quit" : Keys);

    /// <summary>A number of percent, as short as a column wants it.</summary>
    public static string Percent(double? percent)
        => percent is not double known ? "" : known.ToString(known < 9.95 ? "0.0" : "0", CultureInfo.InvariantCulture);
}
