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
            return [new ScreenLine(room).Add("The thread has ended.")];
        }

        List<ScreenLine> lines = Lines(thread, room);
        int heading = lines.Count - FrameLines(thread);
        int left = Math.Max(1, rows - heading);
        view.StackOffset = Math.Clamp(view.StackOffset, 0, Math.Max(0, lines.Count - heading - left));
        view.PageSize = Math.Max(1, left - 1);
        return [.. lines[..heading], .. lines[heading..].SkipLast(view.StackOffset).TakeLast(left)];
    }

    /// <summary>All lines of a thread.</summary>
    public static List<ScreenLine> Lines(PyThreadActivity thread, int room)
    {
        string cpu = thread.CpuPercent is null ? "-" : WatchPage.Percent(thread.CpuPercent) + "%";
        List<ScreenLine> lines =
        [
            new ScreenLine(room).Add(string.Create(CultureInfo.InvariantCulture, $" Thread {thread.ThreadId}  {WatchView.NameOf(thread)}")).Whole(LineStyle.Heading),
            new ScreenLine(room).Add($"{thread.State}, CPU {cpu}{(thread.Gil == PyGilState.Held ? ", has the GIL" : "")}"),
        ];
        string wait = WatchView.WaitOf(thread);
        if (wait.Length > 0)
        {
            lines.Add(new ScreenLine(room).Add("Waits for: " + wait, LineStyle.Waiting));
        }

        foreach (PyFrame frame in thread.Frames)
        {
            ScreenLine line = new ScreenLine(room).Add(Cells.Cut(TerminalText.Escape(frame.QualifiedName ?? frame.Function ?? ""), room * 2 / 3) + "  ", LineStyle.Strong);
            string place = TerminalText.Escape(string.Create(CultureInfo.InvariantCulture, $"{frame.File ?? frame.Library}{(frame.Line is null ? "" : ":")}{frame.Line}"));
            lines.Add(line.Add(Cells.CutStart(place, line.Room)));
            if (HasSource(frame))
            {
                lines.Add(new ScreenLine(room).Add("    " + frame.SourceLine!.Trim()));
            }
        }

        return lines;
    }

    private static int FrameLines(PyThreadActivity thread) => thread.Frames.Sum(frame => HasSource(frame) ? 2 : 1);

    private static bool HasSource(PyFrame frame) => !string.IsNullOrWhiteSpace(frame.SourceLine);
}
