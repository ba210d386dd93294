using System;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using PyStack.Engine.Primitives;
using PyStack.Engine.Reports;
using PyStack.Engine.Sessions;
using PyStack.Engine.Targets.Live.Procfs;
using PyStack.Engine.Tests.Elf;
using PyStack.TestSupport;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Sessions;

/// <summary>What a report finds out about processes that were captured before: only of the same program, and only what that may read.</summary>
public sealed class ReportLookTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static ReportLook Look(TimeSpan? time = null) => new(Limits.Default with { SourceTime = TimeSpan.FromMinutes(1) }, time ?? TimeSpan.FromMinutes(1), SilentLog.Instance, TestContext.Current.CancellationToken);

    private static Interpreter Python
    {
        get
        {
            Interpreter? readable = InterpreterSet.All.FirstOrDefault(one => one.Minor >= 8 && one.Executable.StartsWith("/usr/", StringComparison.Ordinal));
            Assert.SkipWhen(readable is null, "no interpreter from 3.8 on is here where every user can read it");
            return readable;
        }
    }

    [Fact]
    public void The_lines_around_a_frames_line_are_those_of_the_file_as_long_as_the_line_is_the_same()
    {
        string[] lines = ["import os", "", "", "def work():", "    # é and \ta tab", "    os.read(0, 1)  # here", "", "", "print('ready', flush=True)", "work()", "# eleven", "# twelve"];
        string program = _folder.Write("program.py", [.. System.Text.Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\n")]);
        using Target target = Target.StartCommand([Python.Executable, program]);
        Assert.Equal("ready", target.ReadLine());
        PyThread thread = null!;
        Wait.Until(() => (thread = Captures.Once(target, Captures.NoBlock)[0]).Frames.Count == 2, "the program does not reach its function");
        (PyFrame outer, PyFrame inner) = (thread.Frames[0], thread.Frames[1]);

        using (ReportLook look = Look())
        {
            SourceExcerpt around = look.Around(inner, thread.Program)!;
            Assert.Equal((1, 11), (around.First, around.Lines.Count));
            Assert.Equal(lines[..11], around.Lines);
            Assert.Equal(lines[4..], look.Around(outer, thread.Program)!.Lines);

            // An object that was serialized may be of another machine, whose process has this id.
            Assert.Null(look.Around(inner, null));
            Assert.Null(look.Around(inner, new ProgramIdentity(thread.Program!.Value.StartTicks + 1, thread.Program.Value.StackStart)));
        }

        using (ReportLook late = Look(TimeSpan.Zero))
        {
            Assert.Null(late.Around(inner, thread.Program));
        }

        lines[4] = "    # other";
        lines[5] = "    os.read(0, 2)  # here";
        File.WriteAllText(program, string.Join('\n', lines));
        using ReportLook after = Look();
        Assert.Null(after.Around(inner, thread.Program));
        Assert.Equal("    # other", after.Around(outer, thread.Program)!.Lines[0]);
    }

    [Fact]
    public void A_process_that_still_runs_its_program_is_described_with_its_build_ids()
    {
        using Target target = Target.Start(Python, "one_thread.py");
        PyThread thread = Captures.Once(target, Captures.NoBlock)[0];
        using ReportLook look = Look();

        PyProcess process = look.Describe(target.ProcessId, thread.Program)!;
        Assert.Equal(target.ProcessId, process.Id);
        Assert.Contains("one_thread.py", process.CommandLine, StringComparison.Ordinal);
        (string path, string buildId) = look.Builds(target.ProcessId, thread.Program)[0];
        Assert.Equal(Regex.Match(Toolchain.Run("readelf", "-n", path), "Build ID: ([0-9a-f]+)").Groups[1].Value, buildId);
        Assert.Null(look.Describe(target.ProcessId, null));
        Assert.Empty(look.Builds(target.ProcessId, null));
    }

    /// <summary>The name of the file is that of a process without rights; after the exec it would be opened with root's, and its first line can be guessed.</summary>
    [Fact]
    public void Who_starts_a_set_user_id_program_after_the_capture_is_not_shown_what_that_may_read()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root can look at another user's process, and may read more than that");
        string secret = _folder.Write("secret", "-----BEGIN PRIVATE KEY-----\nsecret\n"u8);
        File.SetUnixFileMode(secret, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        string starter = _folder.Write("starter.py", File.ReadAllBytes(Programs.PathOf("another_program.py")));
        string cat = Path.Combine(_folder.Path, "cat");
        File.Copy("/bin/cat", cat);
        Commands.Run(["chmod", "4755", cat]);
        using Target target = Target.StartCommand(["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=-all", Python.Executable, starter, cat], new() { WorkingDirectory = "/" });
        Assert.Equal("ready", target.ReadLine());
        PyThread thread = Captures.Once(target, Captures.NoBlock)[0];
        PyFrame named = new() { ProcessId = target.ProcessId, ThreadId = target.ProcessId, Index = 0, File = secret, Line = 1, SourceLine = "-----BEGIN PRIVATE KEY-----" };
        using ReportLook early = Look();
        Assert.Null(early.Around(named, thread.Program));

        target.WriteLine("");
        Assert.Equal("goes", target.ReadLine());
        Wait.Until(() => File.ReadLines($"/proc/{target.ProcessId}/status").Any(line => line.StartsWith("Uid:", StringComparison.Ordinal) && line.EndsWith("\t0", StringComparison.Ordinal)), "the program has not root's rights: the folder may be mounted with nosuid");
        using ReportLook late = Look();
        Assert.Null(late.Around(named, thread.Program));
        Assert.Null(late.Describe(target.ProcessId, thread.Program));

        // It is the identity of the program that keeps it: as the one that runs now it would be shown.
        Assert.NotNull(late.Around(named, IdentityOf(target.ProcessId)));
    }

    private static ProgramIdentity IdentityOf(int processId)
    {
        ProcessFacts facts = ProcessFacts.ReadLeader(processId);
        return new(facts.StartTicks, facts.StackStart);
    }
}
