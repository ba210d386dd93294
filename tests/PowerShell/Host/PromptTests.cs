using System;
using System.Diagnostics;
using System.IO;
using System.Text;
using System.Threading;
using Xunit;

namespace PyStack.Tests.Host;

public sealed class PromptTests
{
    private const string Script = "/usr/bin/script";

    [Fact]
    public void The_prompt_completes_remembers_and_survives_Ctrl_C()
    {
        Assert.SkipUnless(File.Exists(Script), $"{Script} (of util-linux), which gives a program a terminal, is not here.");
        // script gives the command to $SHELL, or to sh: exec, so that no shell stands in the terminal's
        // foreground beside the host, where Ctrl+C would end it.
        ProcessStartInfo start = new(Script, ["-qec", $"exec '{HostRun.DotnetProgram}' '{ModuleFiles.HostProgram}' -i", "/dev/null"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            // It stands in the prompt, and what is typed must fit behind it.
            WorkingDirectory = "/",
        };
        start.Environment["TERM"] = "xterm";
        start.Environment["SHELL"] = "/bin/sh";
        using Process terminal = Process.Start(start)!;
        // A text that does not come must fail the test, not hang it.
        using Timer guard = new(_ => terminal.Kill(), null, HostRun.Limit, Timeout.InfiniteTimeSpan);
        try
        {
            Type(terminal, "", "> ");
            Type(terminal, "'one' + 'two'\r", "onetwo", "> ");
            Type(terminal, "'dropped\x03", "^C", "> ");
            Type(terminal, "'read' + 'y'; while ($true) { }\r", "ready");
            Type(terminal, "\x03", "> ");
            Type(terminal, "'still ' + 'here'\r", "still here", "> ");
            Type(terminal, "\x1b[A\x1b[A\x1b[A\r", "onetwo", "> ");
            Type(terminal, "Get-PyS\t -NoB\t", "Get-PyStack -NoBlock");
            Type(terminal, "\x03", "^C", "> ");
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

    // Types keys and reads until the expected texts have come, one behind the other.
    private static void Type(Process terminal, string keys, params string[] expected)
    {
        terminal.StandardInput.Write(keys);
        terminal.StandardInput.Flush();
        foreach (string text in expected)
        {
            var read = new StringBuilder();
            while (!read.ToString().EndsWith(text, StringComparison.Ordinal))
            {
                int next = terminal.StandardOutput.Read();
                Assert.True(next >= 0, $"The host ended before it wrote '{text}'; it wrote: {read}");
                read.Append((char)next);
            }
        }
    }
}
