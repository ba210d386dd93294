using System;
using System.Diagnostics;
using System.IO;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading;
using PyStack.TestSupport;
using Xunit;

namespace PyStack.Tests.Host;

public sealed partial class PromptTests
{
    private const string Script = "/usr/bin/script";
    private const string WhereIsTheCursor = "\x1b[6n";

    // The line editor asks where the cursor is when it takes keys; before that, Ctrl+C would be a signal that ends nothing.
    private const string Ready = "PS /> \x1b[?1h" + WhereIsTheCursor;

    [Fact]
    public void The_prompt_completes_remembers_and_survives_Ctrl_C() => InTerminal(terminal =>
    {
        Type(terminal, "", Ready);
        Type(terminal, "'one' + 'two'\r", "\nonetwo", Ready);
        Type(terminal, "'dropped\x03", "^C", Ready);
        Type(terminal, "'read' + 'y'; while ($true) { }\r", "\nready");
        Type(terminal, "\x03", Ready);
        Type(terminal, "'still ' + 'here'\r", "\nstill here", Ready);
        Type(terminal, "\x1b[A\x1b[A\x1b[A\r", "\nonetwo", Ready);
        Type(terminal, "Get-PyS\t", "Get-PyStack");
        Type(terminal, " -NoB\t", "-NoBlock");
        Type(terminal, "\x03", "^C", Ready);
    });

    [Fact]
    public void Ctrl_C_ends_a_measurement_with_what_there_is_and_a_pipeline_as_ever_without_one()
    {
        using PythonTarget target = PythonTarget.Sleeping();
        InTerminal(terminal =>
        {
            Type(terminal, "", Ready);
            Type(terminal, $"$a = Measure-PyStack {target.Id} -Until Interrupt\r", " samples a second");
            Type(terminal, "\x03", Ready);
            Type(terminal, "\"all: $($a.Samples -gt 0) $($a.Functions[0].Function)\"\r", "\nall: True third_func", Ready);
            Type(terminal, $"$a = $null; $a = Measure-PyStack {target.Id} -Duration 1000\r", " samples a second");
            Type(terminal, "not lost to the prompt\x03", Ready);
            Type(terminal, "\"part: $($a.Samples -gt 0)\"\r", "\npart: True", Ready);

            // The key is a signal again: it ends what is no measurement, and the prompt.
            Type(terminal, "'read' + 'y'; while ($true) { }\r", "\nready");
            Type(terminal, "\x03", Ready);
            Type(terminal, "'dropped\x03", "^C", Ready);

            // In a job nobody can press it, and the prompt's keys are its own.
            Type(terminal, $"$j = Start-ThreadJob {{ Measure-PyStack {target.Id} -Duration 1000 }}; 'be' + 'gun'\r", "\nbegun", Ready);
            Type(terminal, "'keys ' + 'arrive'\r", "\nkeys arrive", Ready);
            Type(terminal, $"Start-ThreadJob {{ Measure-PyStack {target.Id} -Until Interrupt }} | Receive-Job -Wait\r", "there is none", Ready);
            Type(terminal, "Remove-Job $j -Force\r", Ready);
        });
    }

    private static void InTerminal(Action<Process> use)
    {
        Assert.SkipUnless(File.Exists(Script), $"{Script} (of util-linux), which gives a program a terminal, is not here.");
        // script gives the command to $SHELL, or to sh: exec, so that no shell stands in the terminal's
        // foreground beside the host, where Ctrl+C would end it. A terminal of script has no width.
        ProcessStartInfo start = new(Script, ["-qec", $"stty rows 40 cols 160; exec '{HostRun.DotnetProgram}' '{ModuleFiles.HostProgram}' -i", "/dev/null"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            // It stands in the prompt, and what is typed must fit behind it.
            WorkingDirectory = "/",
        };
        start.Environment["TERM"] = "xterm";
        start.Environment["SHELL"] = "/bin/sh";
        // Its history, and no profile.
        using var home = new TemporaryFolder();
        start.Environment["HOME"] = home.Path;
        using Process terminal = Process.Start(start)!;
        // A text that does not come must fail the test, not hang it.
        using Timer guard = new(_ => terminal.Kill(), null, HostRun.Limit, Timeout.InfiniteTimeSpan);
        try
        {
            use(terminal);
            Type(terminal, "exit 3\r");
            terminal.WaitForExit();
            Assert.Equal(3, terminal.ExitCode);
        }
        finally
        {
            if (!terminal.HasExited)
            {
                terminal.Kill();
            }
        }
    }

    // Types keys and reads until the expected texts have come, one after the other. PSReadLine colours what it writes, word by word.
    private static void Type(Process terminal, string keys, params string[] expected)
    {
        terminal.StandardInput.Write(keys);
        terminal.StandardInput.Flush();
        foreach (string text in expected)
        {
            var read = new StringBuilder();
            while (!read.ToString().EndsWith(text, StringComparison.Ordinal) && !EscapeSequence().Replace(read.ToString(), "").EndsWith(text, StringComparison.Ordinal))
            {
                int next = terminal.StandardOutput.Read();
                Assert.True(next >= 0, $"The host ended before it wrote '{text}'; it wrote: {read}");
                read.Append((char)next);
                if (read.ToString().EndsWith(WhereIsTheCursor, StringComparison.Ordinal))
                {
                    // What a terminal answers.
                    terminal.StandardInput.Write("\x1b[1;1R");
                    terminal.StandardInput.Flush();
                }
            }
        }
    }

    [GeneratedRegex(@"\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>]")]
    private static partial Regex EscapeSequence();
}
