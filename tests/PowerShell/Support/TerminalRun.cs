using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using PyStack.TestSupport;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Tests;

/// <summary>A program in a terminal of tmux: keys are typed into it, and what is on its screen is read.</summary>
internal sealed class TerminalRun : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _tmux;
    private readonly string _device;

    /// <param name="command">Of a shell.</param>
    public TerminalRun(int width, int height, string command, IReadOnlyDictionary<string, string?>? environment = null)
    {
        Assert.SkipWhen(RealShell.Find("tmux") is null, "there is no tmux, a terminal without a window (tests/browser.sh fetches it)");
        _tmux = RealShell.Find("tmux")!;
        Environment = environment ?? new Dictionary<string, string?>();
        _ = Tmux("-f", "/dev/null", "new-session", "-d", "-x", Text(width), "-y", Text(height), "exec /bin/sh");
        _device = Ask("pane_tty");
        Type($" {command}");
        Press("Enter");
    }

    private IReadOnlyDictionary<string, string?> Environment { get; }

    /// <summary>The rows of the screen, without blanks at their ends.</summary>
    public string[] Rows => Tmux("capture-pane", "-p").Split('\n');

    /// <summary>The screen with the sequences of its colours and other styles.</summary>
    public string StyledScreen => Tmux("capture-pane", "-p", "-e");

    /// <summary>Whether it shows the alternate screen, whether the cursor can be seen, and whether long lines go on in the next.</summary>
    public string Flags => Tmux("display-message", "-p", "#{alternate_on} #{cursor_flag} #{wrap_flag}").Trim();

    /// <summary>The flags of a terminal as programs expect it.</summary>
    public const string UsualFlags = "0 1 1";

    /// <summary>The settings of the terminal, as <c>stty -g</c> has them.</summary>
    public string Settings => Run("stty", ["-F", _device, "-g"]).Trim();

    /// <summary>Presses keys by the names that tmux has for them.</summary>
    public void Press(params string[] keys) => Tmux(["send-keys", .. keys]);

    /// <summary>Types characters.</summary>
    public void Type(string text) => Tmux("send-keys", "-l", text);

    /// <summary>Makes the window larger or smaller.</summary>
    public void Resize(int width, int height) => Tmux("resize-window", "-x", Text(width), "-y", Text(height));

    /// <summary>Waits until the screen has what is expected.</summary>
    public string[] WaitFor(Func<string[], bool> isThere, string what)
    {
        string[] rows = [];
        if (!Wait.Within(Wait.Limit, () => isThere(rows = Rows)))
        {
            Assert.Fail($"The screen does not have {what}:\n{string.Join('\n', rows)}");
        }

        return rows;
    }

    /// <summary>Waits until a row contains a text.</summary>
    public string[] WaitFor(string text) => WaitFor(rows => rows.Any(row => row.Contains(text, StringComparison.Ordinal)), $"'{text}'");

    /// <summary>The process that the shell has started.</summary>
    public int ProcessId
    {
        get
        {
            string shell = Ask("pane_pid");
            return int.Parse(File.ReadAllText($"/proc/{shell}/task/{shell}/children").Trim(), CultureInfo.InvariantCulture);
        }
    }

    public void Dispose()
    {
        _ = Tmux("kill-server");
        _folder.Dispose();
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private string Ask(string variable) => Tmux("display-message", "-p", $"#{{{variable}}}").Trim();

    private string Tmux(params string[] arguments) => Run(_tmux, ["-u", "-S", Path.Combine(_folder.Path, "socket"), .. arguments]);

    private string Run(string program, string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments);
        start.Environment["LC_ALL"] = "C.UTF-8";
        start.Environment.Remove("NO_COLOR");
        start.Environment.Remove("TMUX");
        foreach ((string name, string? value) in Environment)
        {
            start.Environment[name] = value;
        }

        return ProcessRun.Run(start, TimeSpan.FromMinutes(1)).Output;
    }
}
