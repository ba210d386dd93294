using System;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading.Tasks;
using PyStack.Engine.Capture;
using PyStack.Engine.Primitives;
using PyStack.TestSupport;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Sessions;

/// <summary>The line of source that is shown beside a frame, and what the file may have become meanwhile.</summary>
public sealed class SourceTests : IDisposable
{
    private const string Script = "import os\nimport oracle\n\n\ndef work():\n    os.read(0, 1)  # here\n\n\noracle.start()\nwork()\n";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_file_that_was_removed_has_no_source_line()
    {
        PyFrame frame = CaptureAfter(File.Delete);

        Assert.Equal((6, null, false), (frame.Line, frame.SourceLine, frame.IsSourceNewer));
    }

    [Fact]
    public void A_file_that_has_become_shorter_than_the_line_has_no_source_line()
        => Assert.Null(CaptureAfter(path => File.WriteAllText(path, "import os\nimport oracle\n")).SourceLine);

    [Fact]
    public void A_file_that_is_newer_than_the_process_is_said_to_be()
    {
        PyFrame frame = CaptureAfter(path =>
        {
            File.WriteAllText(path, "1\n2\n3\n4\n5\n    other\n");
            File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddHours(1));
        });

        Assert.Equal(("    other", true), (frame.SourceLine, frame.IsSourceNewer));
    }

    [Fact]
    public void A_file_that_is_older_than_the_process_is_not_said_to_be_newer()
    {
        PyFrame frame = CaptureAfter(path => File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddHours(-1)));

        Assert.Equal(("    os.read(0, 1)  # here", false), (frame.SourceLine, frame.IsSourceNewer));
    }

    // What a hostile target can put in the file's place: none may block the observer, or feed it for ever.
    [Theory]
    [InlineData("a pipe")]
    [InlineData("a folder")]
    [InlineData("a link to an endless device")]
    [InlineData("a link to itself")]
    [InlineData("a file without rights")]
    [InlineData("a file of a terabyte")]
    public async Task A_file_that_has_become_something_else_has_no_source_line_and_does_no_harm(string kind)
    {
        Task<PyFrame> capture = Task.Run(() => CaptureAfter(path => Replace(path, kind)), TestContext.Current.CancellationToken);

        Assert.Same(capture, await Task.WhenAny(capture, Task.Delay(Wait.Limit, TestContext.Current.CancellationToken)));
        PyFrame frame = await capture;
        Assert.Equal(6, frame.Line);
        Assert.True(frame.SourceLine is null || kind == "a file without rights", $"source line: {frame.SourceLine}");
    }

    public static TheoryData<string, byte[]> Encodings() => new()
    {
        { "tabs", Bytes("if True:\n\timport os, oracle;\toracle.start();\tos.read(0, 1)\t# é\n") },
        { "CRLF", Bytes("import os, oracle\r\noracle.start()\r\nos.read(0, 1)  # é\r\n") },
        { "CR", Bytes("import os, oracle\roracle.start()\ros.read(0, 1)  # é\r") },
        { "mixed line ends", Bytes("import os, oracle\r\noracle.start()\ros.read(0, 1)  # é\n#\n") },
        { "no final newline", Bytes("import os, oracle\noracle.start()\nos.read(0, 1)  # é") },
        { "no newline at all", Bytes("import os, oracle; oracle.start(); os.read(0, 1)  # é") },
        { "a byte order mark", [0xef, 0xbb, 0xbf, .. Bytes("import os, oracle; oracle.start(); os.read(0, 1)  # é\n")] },
        { "Latin-1", Latin("# -*- coding: latin-1 -*-\nimport os, oracle\noracle.start()\nos.read(0, 1)  # é\n") },
        { "Latin-1 on the second line", Latin("#!/usr/bin/python\n# vim: set fileencoding=iso-8859-1 :\nimport os, oracle\noracle.start()\nos.read(0, 1)  # é\n") },
        { "ISO 8859-15", Latin("# coding=iso-8859-15\nimport os, oracle\noracle.start()\nos.read(0, 1)  # \u00a4\n") },
        { "line ends of Unicode's only", Bytes("import os, oracle\nx = '\u2028\u0085\u000b'\noracle.start()\nos.read(0, 1)  # \u2028 é\n") },
        { "form feeds", Bytes("import os, oracle\n\f\noracle.start()\n\f\nos.read(0, 1)  # \f é\n") },
        { "wide characters", Bytes("import os, oracle\noracle.start()\n'😀漢'; os.read(0, 1)  # 😀\n") },
    };

    [Theory]
    [MemberData(nameof(Encodings))]
    public void The_source_line_is_what_Python_reads(string kind, byte[] content)
    {
        using Target target = Target.Start(InterpreterSet.Any, _folder.Write($"{kind}.py", content));

        OracleComparison.AssertAgrees(target, Captures.Once(target, Captures.Blocking));
        Assert.Contains("os.read", target.Oracle.Threads[0].Frames[^1].Source, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Rows.OldestAndNewest), MemberType = typeof(Rows))]
    public void A_relative_path_is_looked_up_in_the_targets_working_directory(string interpreter)
    {
        _folder.Write("sub/relative.py", Bytes(Script));
        using Target target = Target.Start(InterpreterSet.Named(interpreter), "", Relative("sub/relative.py"));

        OracleComparison.AssertAgrees(target, Captures.Once(target, Captures.Blocking));
        Assert.Equal("    os.read(0, 1)  # here", target.Oracle.Threads[0].Frames[^1].Source);
    }

    [Theory]
    [MemberData(nameof(Rows.OldestAndNewest), MemberType = typeof(Rows))]
    public void A_relative_path_that_does_not_lead_there_any_more_has_no_source_line(string interpreter)
    {
        _folder.Write("moved.py", Bytes("import os, oracle\nexec(compile('''" + Script.Replace("oracle.start()", "os.chdir('/'); oracle.start()", StringComparison.Ordinal) + "''', 'moved.py', 'exec'))\n"));
        using Target target = Target.Start(InterpreterSet.Named(interpreter), "", Relative("moved.py"));

        OracleComparison.AssertAgrees(target, Captures.Once(target, Captures.Blocking));
        Assert.Null(target.Oracle.Threads[0].Frames[^1].Source);
    }

    [Fact]
    public void Lines_that_could_not_be_read_in_time_are_reported_as_missing()
    {
        using Target target = Target.Start(InterpreterSet.Any, "one_thread.py");
        StackOptions noTime = StackOptions.Default with { Limits = Limits.Default with { SourceTime = TimeSpan.Zero } };

        PyThread thread = Captures.Once(target, noTime)[0];

        Assert.All(thread.Frames, frame => Assert.Null(frame.SourceLine));
        string file = thread.Frames[0].File!;
        Assert.Contains($"Source lines are missing: {file} was not read in time, and a capture waits for its source files for 0 s in total.", thread.Warnings);
        Assert.Empty(Captures.Once(target, Captures.Blocking)[0].Warnings);
    }

    [Fact]
    public void A_line_that_is_too_long_to_show_is_cut()
    {
        string line = "os.read(0, 1)  # " + new string('x', 100_000);
        using Target target = Target.Start(InterpreterSet.Any, _folder.Write("long.py", Bytes($"import os, oracle\noracle.start()\n{line}\n")));

        string? shown = Captures.Once(target, Captures.Blocking)[0].Frames[^1].SourceLine;

        Assert.NotNull(shown);
        Assert.InRange(shown.Length, 100, 4200);
        Assert.StartsWith(line[..100], shown, StringComparison.Ordinal);
    }

    private TargetOptions Relative(string script)
        => new() { InterpreterOptions = [script], WorkingDirectory = _folder.Path };

    private PyFrame CaptureAfter(Action<string> change)
    {
        string path = _folder.Write("script.py", Bytes(Script));
        using Target target = Target.Start(InterpreterSet.Any, path);
        change(path);
        return Captures.Once(target, Captures.Blocking).Single().Frames[^1];
    }

    private static void Replace(string path, string kind)
    {
        File.Delete(path);
        switch (kind)
        {
            case "a pipe":
                Commands.Run(["mkfifo", path]);
                break;
            case "a folder":
                Directory.CreateDirectory(path);
                break;
            case "a link to an endless device":
                File.CreateSymbolicLink(path, "/dev/zero");
                break;
            case "a link to itself":
                File.CreateSymbolicLink(path, path);
                break;
            case "a file without rights":
                File.WriteAllText(path, Script);
                File.SetUnixFileMode(path, UnixFileMode.None);
                break;
            default:
                using (FileStream file = File.Create(path))
                {
                    file.SetLength(1L << 40);
                }

                break;
        }
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static byte[] Latin(string text) => Encoding.Latin1.GetBytes(text);
}
