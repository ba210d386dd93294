using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using PyStack.TestSupport;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Tests.Watching;

/// <summary><c>Watch-PyStack</c> in a terminal that another program emulates.</summary>
public sealed class WatchTerminalTests : IDisposable
{
    private const int SigTerm = 15;
    private const int SigHangUp = 1;
    private const string Prompt = "PS />";

    /// <summary>What the screen has when it is there.</summary>
    private const string Shown = "INNERMOST";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_screen_shows_threads_and_functions_and_every_key_does_what_the_help_says()
    {
        using Target target = Start();
        using TerminalRun terminal = Watch(target.ProcessId, 80, 24);

        string[] rows = terminal.WaitFor(rows => Row(rows, "busy-one").Contains("spin", StringComparison.Ordinal) && rows.Any(row => row.Contains("100", StringComparison.Ordinal) && row.Contains("work", StringComparison.Ordinal)), "threads and functions");
        Assert.StartsWith(string.Create(CultureInfo.InvariantCulture, $"{target.ProcessId} "), rows[0], StringComparison.Ordinal);
        Assert.Contains("4 threads", rows[0], StringComparison.Ordinal);
        Assert.Contains("get from queue", Row(rows, "queue-two"), StringComparison.Ordinal);

        // A name that would clear the screen and colour it: its characters are shown, and nothing else happens.
        Assert.Contains(@"\x1b[2J", Row(rows, "name-3"), StringComparison.Ordinal);
        Assert.All(rows, row => Assert.True(row.Length < 80, row));

        terminal.Press("n");
        terminal.WaitFor(rows => rows[1].Contains("sort: name", StringComparison.Ordinal) && Order(rows, "busy-one", "MainThread", "name-3", "queue-two"), "the order by names");
        terminal.Press("t");
        terminal.WaitFor(rows => rows[1].Contains("sort: id", StringComparison.Ordinal) && Order(rows, "MainThread", "busy-one"), "the order by ids");
        terminal.Press("w");
        terminal.WaitFor(rows => rows[1].Contains("sort: wait", StringComparison.Ordinal) && Order(rows, "queue-two", "busy-one"), "the order by waits");

        terminal.Press("i");
        terminal.WaitFor(rows => rows[1].Contains("idle hidden", StringComparison.Ordinal) && Has(rows, "busy-one") && !Has(rows, "queue-two"), "no thread that waits");
        terminal.Press("i");
        terminal.Type("/QUEUE");
        terminal.WaitFor(rows => Has(rows, "/QUEUE_") && Has(rows, "queue-two") && !Has(rows, "busy-one"), "only what has the filter's text");
        terminal.Press("Enter");
        terminal.WaitFor(rows => rows[1].Contains("filter: QUEUE", StringComparison.Ordinal), "the filter in the header");
        terminal.Press("Escape");
        terminal.WaitFor(rows => Has(rows, "busy-one") && !rows[1].Contains("filter", StringComparison.Ordinal), "all threads");

        terminal.Press("m");
        terminal.WaitFor("samples, all)");

        terminal.Press("Space");
        string paused = terminal.WaitFor("PAUSED")[1];
        terminal.Press("c");
        Assert.Equal(paused.Replace("sort: wait", "sort: CPU", StringComparison.Ordinal), terminal.WaitFor("sort: CPU")[1]);
        terminal.Press("Space");
        terminal.WaitFor(rows => rows[1].Length > 0 && !Has(rows, "PAUSED"), "what is new");

        terminal.Press("Home", "Enter");
        terminal.WaitFor(rows => Has(rows, "spin()") && Has(rows, "work  ") && Has(rows, "Esc back"), "the stack with its lines");
        terminal.Press("Escape");
        terminal.Press("?");
        terminal.WaitFor("sort by the next of");
        terminal.Press("?");
        terminal.WaitFor(Shown);

        terminal.Resize(44, 12);
        rows = terminal.WaitFor(rows => rows[0].Contains('…', StringComparison.Ordinal) && Has(rows, "NAME") && !Has(rows, "WAITS FOR"), "what fits into 44 columns");
        Assert.All(rows, row => Assert.True(row.Length < 44, row));
        terminal.Resize(150, 30);
        terminal.WaitFor("? help");

        terminal.Press("q");
        terminal.WaitFor("ended with 0");
    }

    [Fact]
    public void The_terminal_is_as_before_after_q_Ctrl_C_the_last_look_and_the_end_of_the_process()
    {
        using Target target = Start();
        using TerminalRun terminal = new(80, 24, $"cd /; HOME={_folder.Path} {HostRun.DotnetProgram} {ModuleFiles.HostProgram} -i");
        terminal.WaitFor(Prompt);

        // The line editor reads single keys; it begins to after the prompt is there, and before that it asks the terminal for its cursor, with settings of their own.
        Wait.Until(() => terminal.Settings.Split(':')[3].EndsWith('0'), "the line editor does not take keys");
        terminal.Type("1");
        terminal.WaitFor(rows => rows.Last(row => row.Length > 0).TrimEnd() == $"{Prompt} 1", "a key in the line editor");
        terminal.Press("BSpace");
        terminal.WaitFor(rows => rows.Last(row => row.Length > 0).TrimEnd() == Prompt, "the prompt");
        string settings = terminal.Settings;
        Assert.Equal(TerminalRun.UsualFlags, terminal.Flags);
        string watch = string.Create(CultureInfo.InvariantCulture, $"Watch-PyStack {target.ProcessId} -Interval 0.5");

        Leave(watch, () => terminal.Press("q"));
        Leave(watch, () => terminal.Press("C-c"));
        Leave($"{watch} -Count 2", () => { });
        Leave($"{watch} -Duration 1.2", () => { });
        // The process ends after the screen is there.
        Leave(watch, target.Dispose, "has ended.");

        void Leave(string command, Action way, string said = "")
        {
            terminal.Type(command);
            terminal.Press("Enter");
            terminal.WaitFor(Shown);
            Assert.Equal("1 0 0", terminal.Flags);
            Assert.NotEqual(settings, terminal.Settings);
            way();
            terminal.WaitFor(rows => rows.Last(row => row.Length > 0).TrimEnd() == Prompt, "the prompt");
            Wait.Until(() => terminal.Settings == settings && terminal.Flags == TerminalRun.UsualFlags, $"{terminal.Settings}, {terminal.Flags} is not the terminal that was before {command}");
            Assert.Contains(terminal.Rows, row => row.Contains(said, StringComparison.Ordinal));
            terminal.Press("C-l");
            terminal.WaitFor(rows => !rows.Any(row => row.Contains("Watch-PyStack", StringComparison.Ordinal)), "an empty screen");
        }
    }

    [Theory]
    [InlineData(SigTerm, 128 + SigTerm)]
    [InlineData(SigHangUp, 128 + SigHangUp)]
    public void The_terminal_is_as_before_after_a_signal(int signal, int code)
    {
        using Target target = Start();
        using TerminalRun terminal = Watch(target.ProcessId, 80, 24);
        terminal.WaitFor(Shown);

        Signals.Send(terminal.ProcessId, signal);

        terminal.WaitFor($"ended with {code}");
        Assert.Contains("same settings", terminal.Rows);
        Assert.Equal(TerminalRun.UsualFlags, terminal.Flags);
    }

    [Fact]
    public void There_are_no_colours_with_NO_COLOR()
    {
        using Target target = Start();
        using TerminalRun coloured = Watch(target.ProcessId, 80, 24);
        using TerminalRun plain = Watch(target.ProcessId, 80, 24, "NO_COLOR=1 ");

        coloured.WaitFor(Shown);
        plain.WaitFor(Shown);

        Assert.Contains("\x1b[", coloured.StyledScreen, StringComparison.Ordinal);
        Assert.DoesNotContain("\x1b[", plain.StyledScreen, StringComparison.Ordinal);
    }

    private static bool Has(string[] rows, string text) => rows.Any(row => row.Contains(text, StringComparison.Ordinal));

    private static string Row(string[] rows, string text) => rows.FirstOrDefault(row => row.Contains(text, StringComparison.Ordinal)) ?? "";

    private static bool Order(string[] rows, params string[] names)
    {
        List<int> at = [.. names.Select(name => Array.FindIndex(rows, row => row.Contains(name, StringComparison.Ordinal)))];
        return at[0] > 0 && at.SequenceEqual(at.Order());
    }

    // The settings before and after are compared by the shell, which sets its own when it asks for the next command.
    private static TerminalRun Watch(int processId, int width, int height, string before = "") => new(width, height, string.Create(
        CultureInfo.InvariantCulture,
        $"a=$(stty -g); {before}{HostRun.DotnetProgram} {ModuleFiles.HostProgram} 'Watch-PyStack {processId} -Interval 0.5'; echo ended with $?; [ \"$(stty -g)\" = \"$a\" ] && echo same settings || echo other settings"));

    private Target Start()
    {
        string script = _folder.Write("target.py", Encoding.UTF8.GetBytes("""
            import queue, sys, threading
            def spin():
                x = 0
                for i in range(30000):
                    x += i
            def work():
                while True:
                    spin()
            def take():
                queue.Queue().get()
            def rest():
                threading.Event().wait()
            for name, run in ("busy-one", work), ("queue-two", take), ("name-3\x1b[2J\x1b[31m", rest):
                threading.Thread(target=run, name=name, daemon=True).start()
            print("ready", flush=True)
            sys.stdin.read()
            """));
        Target target = Target.StartSilent(InterpreterSet.Any, script, new TargetOptions { IsKilledAtEnd = true });
        Assert.Equal("ready", target.ReadLine());
        return target;
    }
}
