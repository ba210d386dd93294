using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;

namespace PyStack;

/// <summary>The table of threads on the screen.</summary>
internal static class ThreadRows
{
    private const int IdWidth = 8;
    private const int CpuWidth = 5;
    private const int StateWidth = 2;

    /// <summary>Below this there is no room for what a thread waits for.</summary>
    private const int MinWidthOfWaits = 60;

    /// <summary>The heading and as many threads as there is room for, the selected one among them.</summary>
    public static IEnumerable<ScreenLine> Lines(WatchView view, List<PyThreadActivity> threads, int room, int rows)
    {
        bool hasProcess = view.Shown.Count > 1;
        Widths widths = Widths.Of(room, hasProcess);
        yield return Heading(widths, room);
        int selected = threads.FindIndex(view.IsSelected);
        int first = Math.Clamp(selected - rows + 1, 0, Math.Max(0, threads.Count - rows));
        for (int i = first; i < threads.Count && i < first + rows; i++)
        {
            // One line says how many there is no room for.
            bool isLast = i == first + rows - 1 && i < threads.Count - 1 && i != selected;
            yield return isLast
                ? new ScreenLine(room).Add(string.Create(CultureInfo.InvariantCulture, $"  ... {threads.Count - i} more"))
                : Row(threads[i], i == selected, widths, room);
        }
    }

    private static ScreenLine Heading(Widths widths, int room)
    {
        ScreenLine line = new ScreenLine(room).Add(" ");
        if (widths.Process > 0)
        {
            line.AddColumn("PID", widths.Process, isRight: true);
        }

        line.AddColumn("THREAD", IdWidth, isRight: true).AddColumn("CPU%", CpuWidth, isRight: true).AddColumn("S", StateWidth).AddColumn("NAME", widths.Name);
        if (widths.Wait > 0)
        {
            line.AddColumn("WAITS FOR", widths.Wait);
        }

        return line.Add("INNERMOST").Whole(LineStyle.Heading);
    }

    private static ScreenLine Row(PyThreadActivity thread, bool isSelected, Widths widths, int room)
    {
        bool isRunning = thread.State == PyThreadState.Running;
        ScreenLine line = new ScreenLine(room).Add(isSelected ? ">" : " ");
        if (widths.Process > 0)
        {
            line.AddColumn(Number(thread.ProcessId), widths.Process, isRight: true);
        }

        line.AddColumn(thread.ThreadId == 0 ? "?" : Number(thread.ThreadId), IdWidth, isRight: true)
            .AddColumn(WatchPage.Percent(thread.CpuPercent), CpuWidth, isRunning ? LineStyle.Running : LineStyle.Plain, isRight: true)
            .AddColumn(StateOf(thread.State) + (thread.Gil == PyGilState.Held ? "*" : ""), StateWidth, thread.Gil == PyGilState.Held ? LineStyle.Gil : LineStyle.Plain)
            .AddColumn(WatchView.NameOf(thread), widths.Name, LineStyle.Strong);
        if (widths.Wait > 0)
        {
            line.AddColumn(WatchView.WaitOf(thread), widths.Wait, LineStyle.Waiting);
        }

        line.Add(Innermost(thread, line.Room));
        return isSelected ? line.Whole(LineStyle.Selected) : line;
    }

    /// <summary>The innermost function of a thread with its place.</summary>
    public static string Innermost(PyThreadActivity thread) => thread.Frames.Count == 0 ? "" : FrameText(thread.Frames[^1]);

    // And those that have called it as far as there is room.
    private static string Innermost(PyThreadActivity thread, int room)
    {
        if (thread.Frames.Count == 0)
        {
            return "";
        }

        string text = Innermost(thread);
        for (int i = thread.Frames.Count - 2; i >= 0 && Cells.Of(text) < room; i--)
        {
            text += " < " + TerminalText.Escape(thread.Frames[i].Function ?? "");
        }

        return text;
    }

    private static string FrameText(PyFrame frame)
    {
        string file = Path.GetFileName(frame.File ?? "");
        return TerminalText.Escape(string.Create(CultureInfo.InvariantCulture, $"{frame.Function}{(file.Length == 0 ? "" : $" {file}:{frame.Line}")}"));
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    // As ps(1) and top(1) have them.
    private static string StateOf(PyThreadState state) => state switch
    {
        PyThreadState.Running => "R",
        PyThreadState.Sleeping => "S",
        PyThreadState.DiskSleep => "D",
        PyThreadState.Stopped => "T",
        PyThreadState.Traced => "t",
        PyThreadState.Zombie => "Z",
        PyThreadState.Idle => "I",
        _ => "?",
    };

    private readonly record struct Widths(int Process, int Name, int Wait)
    {
        public static Widths Of(int room, bool hasProcess)
        {
            int process = hasProcess && room >= MinWidthOfWaits ? IdWidth : 0;
            int rest = room - 1 - (process > 0 ? process + 1 : 0) - IdWidth - CpuWidth - StateWidth - 3;
            int name = Math.Clamp(rest / 4, 6, 30);
            int wait = room < MinWidthOfWaits ? 0 : Math.Clamp((rest - name) * 2 / 5, 8, 60);
            return new Widths(process, name, wait);
        }
    }
}
