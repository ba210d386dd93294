using System;
using System.Management.Automation;
using Xunit;

namespace PyStack.Tests.Formats;

public sealed partial class ViewTests
{
    private static string Shown(int width, params object[] objects) => ShownIn(new RecordingHost(width), objects);

    private static string ShownIn(RecordingHost host, params object[] objects)
    {
        using var shell = new EmbeddedShell(host);
        using PowerShell pipeline = shell.NewPipeline();
        pipeline.AddCommand("Out-Default").Invoke(objects);
        return host.Output;
    }

    // The engine formats; the commands that ask it to are of another assembly, which is not here: FormatCommand stands for them.
    private static string Formatted(int width, string command, params object[] objects)
    {
        var host = new RecordingHost(width);
        using var shell = new EmbeddedShell(host);
        using PowerShell pipeline = shell.NewPipeline();
        pipeline.AddCommand(FormatCommand.Of(command)).AddCommand("Out-Default").Invoke(objects);
        return host.Output;
    }

    [Fact]
    public void Threads_stand_below_one_line_for_each_process()
    {
        PyFrame[] frames = [Samples.Frame("f", "a.py", 1, "g()")];
        Assert.Equal(
            """

            Process 112 (python3.12), Python 3.12.1, captured 2026-11-23 01:02:03, stopped for 0.052 ms

            Traceback for thread 112 [] (most recent call last):
                (Python) File "/test.py", line 17, in <module>
                    first_func()
                (Python) File "/test.py", line 6, in first_func
                    second_func()
                (Python) File "/test.py", line 10, in second_func
                    third_func()
                (Python) File "/test.py", line 14, in third_func
                    time.sleep(1000)

            Traceback for thread 112 (worker-1) [] (most recent call last):
                (Python) File "a.py", line 1, in f
                    g()


            Process 140 (python3.12), Python 3.12.1, captured 2026-11-23 01:02:03, stopped for 0.052 ms

            Traceback for thread 140 (worker-1) [Has the GIL] (most recent call last):
                (Python) File "a.py", line 1, in f
                    g()



            """,
            Shown(120, Samples.Tutorial, Samples.Thread("", frames), Samples.Thread("Has the GIL", frames, processId: 140)));
    }

    [Fact]
    public void Frames_are_a_table_that_is_as_wide_as_what_is_in_it() => Assert.Equal(
        """

        ThreadId Index Function  Line                                      File SourceLine
        -------- ----- --------  ----                                      ---- ----------
             112     0 <module>    17                                  /test.py first_func()
             112     1 f\x1b[31m 1234 /the/path/to/the/house/that/jack/built.py return 1
             112     2


        """,
        Shown(
            120,
            Samples.Frame("<module>", "/test.py", 17, "first_func()"),
            Samples.Frame("f\x1b[31m", "/the/path/to/the/house/that/jack/built.py", 1234, "    return 1", 1),
            Samples.Frame(null, null, null, null, 2)));

    [Fact]
    public void Where_the_table_is_too_wide_the_source_line_is_left_out_first_and_then_a_path_loses_its_beginning() => Assert.Equal(
        """

        ThreadId Index Function                        Line                        File
        -------- ----- --------                        ----                        ----
             112     1 a_function_that_has_a_long_name 1234 …e/house/that/jack/built.py


        """,
        Shown(80, Samples.Frame("a_function_that_has_a_long_name", "/the/path/to/the/house/that/jack/built.py", 1234, "    return x + y + z + 1", 1)));

    [Theory]
    [InlineData(72, "…e/PyStack/docs/examples/hanging_worker.py")]
    [InlineData(78, "/home/me/PyStack/docs/examples/hanging_worker.py")]
    [InlineData(79, "/home/me/PyStack/docs/examples/hanging_worker.py")]
    [InlineData(80, "/home/me/PyStack/docs/examples/hanging_worker.py")]
    [InlineData(89, "/home/me/PyStack/docs/examples/hanging_worker.py")]
    [InlineData(90, "/home/me/PyStack/docs/examples/hanging_worker.py")]
    [InlineData(91, "/home/me/PyStack/docs/examples/hanging_worker.py with second:")]
    public void The_source_line_is_left_out_where_there_are_less_than_12_columns_for_it(int width, string shown)
    {
        string[] lines = Shown(width, Samples.Frame("transfer", "/home/me/PyStack/docs/examples/hanging_worker.py", 16, "        with second:", 3)).Split('\n');
        Assert.Equal(6, lines.Length);
        Assert.EndsWith(shown.Contains(" with", StringComparison.Ordinal) ? " File SourceLine" : " File", lines[1], StringComparison.Ordinal);
        Assert.EndsWith(" " + shown, lines[3], StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_of_C_plus_plus_leaves_room_for_the_file()
    {
        string name = "std::vector<" + new string('x', 400) + ">::push_back";
        string text = Shown(80, Samples.Native(name, "vector.cpp", 12, "/lib/a.so"));
        Assert.Contains($" {name[..33]}…   12 vector.cpp (a.so)\n", text, StringComparison.Ordinal);
        Assert.Contains($" {name[..103]}…   12 vector.cpp (a.so)\n", Shown(160, Samples.Native(name, "vector.cpp", 12, "/lib/a.so")), StringComparison.Ordinal);
    }

    private static PyThread Waiting(PyWait? wait, PyGilState gil) => Samples.Thread(
        "", [Samples.Frame("transfer_between_accounts", "/srv/shop/hanging_worker.py", 16)], processId: 140, pythonName: "the writer of the log", state: PyThreadState.Sleeping, cpu: 12345.67, wait: wait, gil: gil);

    private static readonly PyWait Recv = new() { Kind = PyWaitKind.Socket, Description = "recv from 127.0.0.1:41872 -> 127.0.0.1:5432 (tcp, established)" };

    [Theory]
    [InlineData(80, """

        Process 140 (python3.12), Python 3.12.1, captured 2026-11-23 01:02:03, stopped
            for 0.052 ms

        ThreadId Name           State    CPU(s) WaitsFor      Innermost
        -------- ----           -----    ------ --------      ---------
             140 the writer of… Sleeping  12346 Socket        transfer_be… …rker.py:16
             140 the writer of… Sleeping  12346 the GIL       transfer_be… …rker.py:16
             140 the writer of… Sleeping  12346 (has the GIL) transfer_be… …rker.py:16


        """)]
    [InlineData(120, """

        Process 140 (python3.12), Python 3.12.1, captured 2026-11-23 01:02:03, stopped for 0.052 ms

        ThreadId Name                 State    CPU(s) WaitsFor                            Innermost
        -------- ----                 -----    ------ --------                            ---------
             140 the writer of the l… Sleeping  12346 recv from 127.0.0.1:41872 -> 127.0… transfer_between_… …ing_worker.py:16
             140 the writer of the l… Sleeping  12346 the GIL                             transfer_between_… …ing_worker.py:16
             140 the writer of the l… Sleeping  12346 (has the GIL) recv from 127.0.0.1:… transfer_between_… …ing_worker.py:16


        """)]
    public void Format_Table_of_threads_says_who_waits_for_what_and_no_column_is_lost_on_a_narrow_terminal(int width, string expected)
        => Assert.Equal(expected, Formatted(width, "Format-Table", Waiting(Recv, PyGilState.NotHeld), Waiting(Recv, PyGilState.Waiting), Waiting(Recv, PyGilState.Held)));

    [Fact]
    public void Format_Table_of_threads_is_as_narrow_as_what_is_in_it() => Assert.Equal(
        """

        Process 112 (python3.12), Python 3.12.1, captured 2026-11-23 01:02:03, stopped for 0.052 ms

        ThreadId Name       State   CPU(s) WaitsFor      Innermost
        -------- ----       -----   ------ --------      ---------
             112            Unknown        (has the GIL) third_func test.py:14
             112 w\x1b[2Jrk Running   1.25 the GIL


        """,
        Formatted(120, "Format-Table", Samples.Tutorial, Samples.Thread("", [], pythonName: "w\x1b[2Jrk", state: PyThreadState.Running, cpu: 1.25, gil: PyGilState.Waiting)));

    [Fact]
    public void Format_List_of_a_thread_and_a_frame_has_all_that_is_known_with_control_characters_written_out()
    {
        PyFrame frame = Samples.WithVariables(new() { ["a\x1b"] = "1", ["b"] = "'\x1b[2J'" }, new());
        Assert.Equal(
            """

            ProcessId     : 112
            ProcessName   :
            ThreadId      : 112
            ThreadName    :
            InterpreterId : 0
            Index         : 0
            Kind          : Python
            Function      : f
            QualifiedName :
            File          : /srv/app.py
            Line          : 3
            EndLine       :
            Column        :
            EndColumn     :
            SourceLine    : return a
            IsSourceNewer : False
            Arguments     : a\x1b=1, b='\x1b[2J'
            Locals        :
            Library       :
            Address       :
            IsInlined     : False
            Gil           : Unknown
            StackHash     :
            CapturedAt    : 01/01/0001 00:00:00


            """,
            Formatted(120, "Format-List", frame));
        Assert.Equal(
            """

            ProcessId           : 112
            ProcessName         : python3.12
            Source              : Process
            Path                :
            CoreSummary         :
            ThreadId            : 112
            Name                : w\x07
            PythonName          : w\x1brk
            InterpreterId       : 0
            InterpreterCount    : 1
            Part                : 0
            PythonVersion       : 3.12.1
            Gil                 : Held
            IsCollectingGarbage : False
            IsTerminated        : False
            State               : DiskSleep
            CpuSeconds          : 1.25
            Exception           : KeyError: 'x'
            IsMerged            :
            Status              : Has the GIL
            Frames              : 1, the last f (/srv/app.py:3)
            Wait                :
            UnchangedSeconds    :
            IsStuck             :
            StackHash           : 0123456789abcdef
            CapturedAt          : 11/23/2026 01:02:03
            PauseMilliseconds   : 0.052
            StoppedThreads      : 0
            IsCoherent          : True
            Warnings            : one; two\x1b


            """,
            Formatted(120, "Format-List", Samples.Thread("Has the GIL", [frame], name: "w\a", warnings: ["one", "two\x1b"], pythonName: "w\x1brk", state: PyThreadState.DiskSleep, cpu: 1.25, exception: "KeyError: 'x'")));
    }

    [Fact]
    public void Deserialized_lists_and_tables_are_the_same()
    {
        object thread = PSSerializer.Deserialize(PSSerializer.Serialize(Samples.Tutorial, 4));
        Assert.Equal(Formatted(120, "Format-List", Samples.Tutorial), Formatted(120, "Format-List", thread));
        Assert.Equal(Formatted(120, "Format-Table", Samples.Tutorial), Formatted(120, "Format-Table", thread));
    }

    [Fact]
    public void On_a_terminal_functions_are_yellow_in_the_table_and_those_of_C_blue()
    {
        var host = new RecordingHost(120, hasTerminal: true);
        ShownIn(host, Samples.Frame("f", "a.py", 1), Samples.Native("g", null, null, "libc.so"));
        string text = host.RawOutput;
        Assert.Contains("\x1b[33mf\x1b[0m", text);
        Assert.Contains("\x1b[34mg\x1b[0m", text);
    }

    [Fact]
    public void A_frame_of_C_is_told_from_Python_by_its_library() => Assert.Contains(
        "   0 g           2  b.c (libc.so.6)\n",
        Shown(120, Samples.Native("g", "b.c", 2, "/lib/x86_64-linux-gnu/libc.so.6")));

    [Fact]
    public void What_an_object_calls_itself_in_a_table_or_a_text_cannot_drive_the_terminal() => Assert.All(
        (object[])
        [
            Samples.Frame("f\x1b]0;x\a", "a\n\x1b[2J\u202e.py", 1), Samples.Process(1, "n\x1b"), Samples.Access,
            new PyCore { Path = "c\x1b", Name = "n\u202e" }, new PyCoreFile { Path = "l\x1b" },
        ],
        one => Assert.Equal(TerminalText.Escape(one.ToString()!), one.ToString()));

    [Fact]
    public void Deserialized_threads_and_frames_have_the_same_views()
    {
        object thread = PSSerializer.Deserialize(PSSerializer.Serialize(Samples.Tutorial, 4));
        object[] frames = [.. LanguagePrimitives.GetEnumerable(PSObject.AsPSObject(thread).Properties["Frames"].Value)];

        Assert.Equal(Shown(120, Samples.Tutorial), Shown(120, thread));
        Assert.Equal(Shown(120, [.. Samples.Tutorial.Frames]), Shown(120, frames));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Remoting_and_clixml_keep_the_frames(int depth)
    {
        using var shell = new EmbeddedShell();
        shell.Set("thread", Samples.Tutorial);
        shell.Set("depth", depth);
        PSObject copy = Assert.Single(shell.Run(
            "[Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($thread, $depth))"));
        Assert.Equal(ThreadText.Of(Samples.Tutorial), ThreadText.Of(copy));
    }

    [Fact]
    public void A_stack_of_5000_frames_is_shown_whole()
    {
        var frames = new PyFrame[5000];
        for (int i = 0; i < frames.Length; i++)
        {
            frames[i] = Samples.Frame("f", "a.py", i + 1, "f()", i);
        }

        string text = Shown(120, Samples.Thread("", frames));
        Assert.Contains("line 5000, in f\n        f()\n", text);
        Assert.Equal(10_000 + 7, text.Split('\n').Length);
    }
}
