using System;
using System.Collections.Generic;
using System.Linq;
using Xunit;

namespace PyStack.Tests.Watching;

/// <summary>What is on the screen, of views that are made by hand.</summary>
public sealed class WatchPageTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    [Fact]
    public void A_screen_of_80_columns_has_header_threads_and_functions()
    {
        WatchView view = new();
        view.Update([Activity(112, [Thread(113, "worker", 50, PyThreadState.Running, "spin", gil: PyGilState.Held), Thread(114, "reader", 0, PyThreadState.Sleeping, "recv", "recv from 127.0.0.1:5432")])]);

        Assert.Equal(
            [
                "112 app  Python 3.12.1  CPU 50%  GIL 40%  2 threads, 1 running",
                "12:30:05  every 2 s  100 samples/s  sort: CPU",
                "   THREAD  CPU% S  NAME            WAITS FOR          INNERMOST",
                "      113    50 R* worker                             spin app.py:7 < main",
                "      114   0.0 S  reader          recv from 127.0.0… recv app.py:7 < main",
                "  SELF% TOTAL% FUNCTION  (last 10 s, 200 samples, running)",
                "     75     90 Shop.spin                       /srv/app.py",
                "",
                "",
                "",
                "",
                "q quit  / filter  s sort  space pause  i idle  m mode  Enter stack  ? help",
            ],
            Rows(view, 80, 12));
    }

    [Theory]
    [InlineData(200, 50)]
    [InlineData(80, 24)]
    [InlineData(40, 10)]
    [InlineData(13, 4)]
    [InlineData(1, 1)]
    public void No_line_is_wider_and_no_screen_higher_than_there_is_room_for(int width, int height)
    {
        string wide = string.Concat(Enumerable.Repeat("名前e\u0301", 200));
        PyThreadActivity[] threads = [.. Enumerable.Range(1, 300).Select(id => Thread(id, wide, id, PyThreadState.Sleeping, wide, wide))];
        WatchView view = new();
        view.Update([Activity(1, threads, wide), Activity(2, threads, wide)]);
        foreach (string keys in (string[])["", "p", "/名", "\r", "?"])
        {
            foreach (char key in keys)
            {
                view.Press(key == '\r' ? new Key(KeyKind.Enter) : new Key(KeyKind.Character, key.ToString()));
            }

            List<ScreenLine> lines = WatchPage.Lines(view, width, height, Interval);
            Assert.Equal(height, lines.Count);
            Assert.All(lines, line => Assert.True(Cells.Of(line.Text) <= Math.Max(1, width - 1), line.Text));
        }
    }

    [Theory]
    [InlineData(80, 24)]
    [InlineData(40, 10)]
    public void No_name_can_drive_the_terminal(int width, int height)
    {
        const string Nasty = "\x1b[2J\x1b]0;T\x07\u009b31m\u202e\r\n\t";
        WatchView view = new() { Message = Nasty };
        view.Update([Activity(112, [Thread(113, Nasty, 1, PyThreadState.Sleeping, Nasty, Nasty)], Nasty)]);
        foreach (char key in "\r")
        {
            Assert.All(Rows(view, width, height), row => Assert.DoesNotContain(row, character => char.IsControl(character) || character == '\u202e'));
            view.Press(new Key(KeyKind.Enter));
        }

        Assert.All(Rows(view, width, height), row => Assert.DoesNotContain(row, character => char.IsControl(character) || character == '\u202e'));
    }

    [Fact]
    public void The_selected_thread_is_always_on_the_screen()
    {
        WatchView view = new();
        view.Update([Activity(112, [.. Enumerable.Range(1000, 100).Select(id => Thread(id, $"thread-{id}", 0, PyThreadState.Sleeping, "wait"))])]);

        Assert.Contains(Rows(view, 80, 24), row => row.Contains("more", StringComparison.Ordinal));
        foreach (KeyKind key in (KeyKind[])[KeyKind.End, KeyKind.PageUp, KeyKind.Up, KeyKind.Home, KeyKind.PageDown])
        {
            view.Press(new Key(key));
            Assert.Contains($"thread-{view.Selected.ThreadId}", Assert.Single(Rows(view, 80, 24), row => row.StartsWith('>')), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_pause_keeps_what_is_shown_and_its_end_shows_what_is_new()
    {
        WatchView view = new();
        view.Update([Activity(112, [])]);
        Key space = new(KeyKind.Character, " ");
        view.Press(space);
        view.Update([Activity(113, [])]);
        Assert.Equal(112, view.Activities[0].ProcessId);
        view.Press(space);
        Assert.Equal(113, view.Activities[0].ProcessId);
    }

    [Fact]
    public void Several_processes_are_shown_together_or_one_after_the_other()
    {
        WatchView view = new();
        view.Update([Activity(112, [Thread(1, "a", 1, PyThreadState.Running, "f")]), Activity(113, [Thread(2, "b", 9, PyThreadState.Running, "g")])]);
        Assert.StartsWith("2 processes", Rows(view, 80, 24)[0], StringComparison.Ordinal);
        Assert.Equal([2, 1], view.Threads().Select(thread => thread.ThreadId));

        view.Press(new Key(KeyKind.Tab));
        Assert.StartsWith("112 app (1 of 2)", Rows(view, 80, 24)[0], StringComparison.Ordinal);
        view.Press(new Key(KeyKind.BackTab));
        view.Press(new Key(KeyKind.BackTab));
        Assert.Equal([2], view.Threads().Select(thread => thread.ThreadId));

        // The one that is shown has ended.
        view.Update([Activity(112, [])]);
        Assert.StartsWith("112 app  Python", Rows(view, 80, 24)[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_screen_is_one_string_that_goes_to_each_line_and_clears_its_rest()
    {
        WatchView view = new();
        view.Update([Activity(112, [Thread(113, "a", 1, PyThreadState.Running, "f")])]);

        string plain = ScreenText.Of(WatchPage.Lines(view, 80, 5, Interval), isColoured: false, 5);

        Assert.StartsWith("\x1b[?2026h\x1b[1;1H112 app", plain, StringComparison.Ordinal);
        Assert.EndsWith("\x1b[K\x1b[?2026l", plain, StringComparison.Ordinal);
        Assert.Equal(5, plain.Split("\x1b[K").Length - 1);
        Assert.DoesNotContain("m", plain.Split('\x1b').Select(part => part.Length > 1 && part[0] == '[' ? part.TrimStart("[0123456789;?".ToCharArray())[..1] : ""));
        Assert.Contains("\x1b[7m", ScreenText.Of(WatchPage.Lines(view, 80, 5, Interval), isColoured: true, 5), StringComparison.Ordinal);
    }

    private static string[] Rows(WatchView view, int width, int height) => [.. WatchPage.Lines(view, width, height, Interval).Select(line => line.Text.TrimEnd())];

    private static PyActivity Activity(int id, PyThreadActivity[] threads, string function = "Shop.spin") => new()
    {
        ProcessId = id,
        ProcessName = "app",
        PythonVersion = "3.12.1",
        CapturedAt = new DateTime(2026, 11, 29, 12, 30, 5, DateTimeKind.Local),
        IntervalSeconds = 2,
        CpuPercent = 50,
        GilPercent = 40,
        SampleRate = 100,
        WindowSeconds = 10,
        Samples = 200,
        Mode = PyProfileMode.Cpu,
        Threads = threads,
        Functions = [new PyProfileFunction { Function = "spin", QualifiedName = function, File = "/srv/app.py", Self = 150, Total = 180 }],
    };

    private static PyThreadActivity Thread(int id, string name, double cpu, PyThreadState state, string function, string? wait = null, PyGilState gil = PyGilState.NotHeld) => new()
    {
        ProcessId = 112,
        ThreadId = id,
        PythonName = name,
        State = state,
        CpuPercent = cpu,
        Gil = gil,
        Wait = wait is null ? null : new PyWait { Kind = PyWaitKind.Socket, Description = wait },
        Frames = new PyFrame[] { Samples.Frame("main", "/srv/app.py", 20), Samples.Frame(function, "/srv/app.py", 7, "x = 1") },
    };
}
