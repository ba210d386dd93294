using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace PyStack;

/// <summary>The whole stack of the selected thread on the screen, the innermost frame at its end.</summary>
internal static class StackPage
{
    /// <summary>As many lines as there is room for, the last of them unless it is scrolled.</summary>
    public static IEnumerable<ScreenLine> Lines(WatchView view, int room, int rows)
    {
        PyThreadActivity? thread = view.Activities.SelectMany(one => one.Threads).FirstOrDefault(view.IsSelected);
        if (thread is null)
        {
            yield return new ScreenLine(room).Add("The thread has ended.");
            yield break;
        }

        yield return new ScreenLine(room).Add(string.Create(CultureInfo.InvariantCulture, $" Thread {thread.ThreadId}  {WatchView.NameOf(thread)}")).Whole(LineStyle.Heading);
        yield return new ScreenLine(room).Add(string.Create(
            CultureInfo.InvariantCulture, $"{thread.State}, CPU {(thread.CpuPercent is null ? "-" : WatchPage.Percent(thread.CpuPercent) + "%")}{(thread.Gil == PyGilState.Held ? ", has the GIL" : "")}"));
        string wait = WatchView.WaitOf(thread);
        if (wait.Length > 0)
        {
            yield return new ScreenLine(room).Add("Waits for: " + wait, LineStyle.Waiting);
        }

        int left = Math.Max(1, rows - (wait.Length > 0 ? 3 : 2));
        List<ScreenLine> lines = [];
        foreach (PyFrame frame in thread.Frames)
        {
            ScreenLine line = new ScreenLine(room).Add(Cells.Cut(TerminalText.Escape(frame.QualifiedName ?? frame.Function ?? ""), room * 2 / 3) + "  ", LineStyle.Strong);
            string place = TerminalText.Escape(string.Create(CultureInfo.InvariantCulture, $"{frame.File ?? frame.Library}{(frame.Line is null ? "" : ":")}{frame.Line}"));
            lines.Add(line.Add(Cells.CutStart(place, line.Room)));
            if (!string.IsNullOrWhiteSpace(frame.SourceLine))
            {
                lines.Add(new ScreenLine(room).Add("    " + frame.SourceLine.Trim()));
            }
        }

        view.StackOffset = Math.Clamp(view.StackOffset, 0, Math.Max(0, lines.Count - left));
        view.PageSize = Math.Max(1, left - 1);
        foreach (ScreenLine line in lines.SkipLast(view.StackOffset).TakeLast(left))
        {
            yield return line;
        }
    }
}
