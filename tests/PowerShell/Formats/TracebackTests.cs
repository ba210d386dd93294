using System;
using System.Management.Automation;
using Xunit;

namespace PyStack.Tests.Formats;

public sealed class TracebackTests
{
    private static string Text(PyThread thread) => ThreadText.Of(thread);

    [Fact]
    public void A_thread_is_shown_as_the_traditional_traceback() => Assert.Equal(
        """
        Traceback for thread 112 [] (most recent call last):
            (Python) File "/test.py", line 17, in <module>
                first_func()
            (Python) File "/test.py", line 6, in first_func
                second_func()
            (Python) File "/test.py", line 10, in second_func
                third_func()
            (Python) File "/test.py", line 14, in third_func
                time.sleep(1000)
        """,
        Text(Samples.Tutorial));

    [Fact]
    public void Name_and_status_stand_in_the_header() => Assert.Equal(
        """
        Traceback for thread 112 (worker-1) [Has the GIL,Garbage collecting] (most recent call last):
            (Python) File "a.py", line 1, in f
        """,
        Text(Samples.Thread("Has the GIL,Garbage collecting", [Samples.Frame("f", "a.py", 1)])));

    [Fact]
    public void What_a_thread_waits_for_is_the_last_line() => Assert.Equal(
        """
        Traceback for thread 112 [] (most recent call last):
            (Python) File "a.py", line 1, in f
            (waits) for read from /tmp/\x1b
        """,
        Text(new PyThread
        {
            ProcessId = 112,
            ThreadId = 112,
            PythonVersion = "3.12.1",
            StackHash = "",
            Frames = new([Samples.Frame("f", "a.py", 1)]),
            IsCoherent = true,
            Wait = new PyWait { Description = "read from /tmp/\u001b" },
        }));

    [Fact]
    public void A_thread_without_frames_is_said_to_be_empty() => Assert.Equal(
        "The frame stack for thread 112 is empty",
        Text(Samples.Thread()));

    [Fact]
    public void What_is_unknown_is_line_0_and_three_question_marks() => Assert.Equal(
        """
        Traceback for thread 112 (worker-1) [Has the GIL] (most recent call last):
            (Python) File "???", line 0, in ???
            (C) File "???", line 0, in ??? ()
        """,
        Text(Samples.Thread(Samples.Frame(null, null, null), Samples.Native(null, null, null, null))));

    [Fact]
    public void A_stack_that_could_not_be_merged_says_so_and_shows_its_Python_frames() => Assert.Equal(
        """
        Traceback for thread 112 (worker-1) [Has the GIL] (most recent call last):
            * - Unable to merge native stack due to insufficient native information - *
            (Python) File "a.py", line 1, in f
        """,
        Text(Samples.Thread("Has the GIL", [Samples.Frame("f", "a.py", 1)], merged: false)));

    [Fact]
    public void A_thread_that_Python_does_not_know_has_the_usual_header_in_a_process_of_one_interpreter() => Assert.Equal(
        """
        Traceback for thread 112 (worker-1) [] (most recent call last):
            (C) File "a.c", line 1, in f (/lib/a.so)
        """,
        Text(Samples.Thread("", [Samples.Native("f", "a.c", 1, "/lib/a.so")], interpreter: -1)));

    [Fact]
    public void Native_frames_name_their_library_and_whether_they_are_inlined() => Assert.Equal(
        """
        Traceback for thread 112 (worker-1) [Has the GIL] (most recent call last):
            (Python) File "/srv/app.py", line 17, in <module>
                first_func()
            (C) File "Modules/timemodule.c", line 338, in time_sleep (/usr/lib/libpython3.8.so.1.0)
            (C) File "Modules/timemodule.c", line 1866, in pysleep (inlined) (/usr/lib/libpython3.8.so.1.0)
            (C) File "???", line 0, in __select (/lib/x86_64-linux-gnu/libc.so.6)
        """,
        Text(Samples.Thread(
            Samples.Frame("<module>", "/srv/app.py", 17, "first_func()"),
            Samples.Native("time_sleep", "Modules/timemodule.c", 338, "/usr/lib/libpython3.8.so.1.0"),
            Samples.Native("pysleep", "Modules/timemodule.c", 1866, "/usr/lib/libpython3.8.so.1.0", inlined: true),
            Samples.Native("__select", null, null, "/lib/x86_64-linux-gnu/libc.so.6"))));

    [Fact]
    public void Frames_without_symbols_in_a_row_are_one_line_for_each_library() => Assert.Equal(
        """
        Traceback for thread 112 (worker-1) [Has the GIL] (most recent call last):
            (C) 3 frames without symbols in python3.11 (/usr/bin/python3.11): Debian's python3.11-dbg of the same version has them
            (Python) File "/srv/app.py", line 17, in <module>
            (C) 2 frames without symbols in python3.11 (/usr/bin/python3.11): Debian's python3.11-dbg of the same version has them
            (C) File "???", line 0, in ??? (/lib/libx\x1b.so)
            (C) File "???", line 0, in read (/lib/libc.so.6)
            (C) 2 frames without symbols in code of no file
        """,
        Text(Samples.Thread(
            Nameless("/usr/bin/python3.11"),
            Nameless("/usr/bin/python3.11"),
            Nameless("/usr/bin/python3.11"),
            Samples.Frame("<module>", "/srv/app.py", 17),
            Nameless("/usr/bin/python3.11"),
            Nameless("/usr/bin/python3.11"),
            Nameless("/lib/libx\x1b.so"),
            Samples.Native("read", null, null, "/lib/libc.so.6"),
            Nameless(null),
            Nameless(null))));

    [Theory]
    [InlineData("/usr/bin/python3.11", "python3.11-dbg")]
    [InlineData("/usr/lib/x86_64-linux-gnu/libpython3.13.so.1.0", "python3.13-dbg")]
    [InlineData("/lib/aarch64-linux-gnu/libc.so.6", "libc6-dbg")]
    [InlineData("/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2", "libc6-dbg")]
    [InlineData("/usr/local/bin/python3.11", null)]
    [InlineData("/usr/lib64/libpython3.11.so.1.0", null)]
    [InlineData("/home/me/.pyenv/versions/3.11.7/lib/libpython3.11.so.1.0", null)]
    [InlineData("/usr/lib/x86_64-linux-gnu/libcrypto.so.3", null)]
    public void The_package_with_the_symbols_is_named_where_it_is_known(string library, string? package) => Assert.Equal(package, DebugPackages.Of(library));

    private static PyFrame Nameless(string? library) => Samples.Native(null, null, null, library);

    [Fact]
    public void Arguments_and_locals_stand_below_the_source_line_in_their_order()
    {
        var arguments = new PyVariables { ["b"] = "1", ["a"] = "'x\x1b'" };
        var locals = new PyVariables { ["z"] = "[1, 2]" };
        Assert.Equal(
            """
            Traceback for thread 112 (worker-1) [Has the GIL] (most recent call last):
                (Python) File "/srv/app.py", line 3, in f
                    return a
                  Arguments:
                    b: 1
                    a: 'x\x1b'
                  Locals:
                    z: [1, 2]
            """,
            Text(Samples.Thread(Samples.WithVariables(arguments, locals))));
    }

    [Fact]
    public void Empty_arguments_and_locals_take_no_lines() => Assert.DoesNotContain(
        ":\n  ",
        Text(Samples.Thread(Samples.WithVariables([], []))).Split("in f")[1]);

    [Fact]
    public void A_source_file_newer_than_the_process_is_marked() => Assert.EndsWith(
        "\n        return 1  # the file is newer than the process",
        Text(Samples.Thread(Samples.NewerSource("    return 1"))));

    [Fact]
    public void Warnings_stand_above_the_frames() => Assert.Equal(
        """
        Traceback for thread 112 [] (most recent call last):
            * - 3 outer frames could not be read\x07 - *
            (Python) File "a.py", line 1, in f
        """,
        Text(Samples.Thread("", [Samples.Frame("f", "a.py", 1)], name: null, warnings: ["3 outer frames could not be read\a"])));

    [Fact]
    public void A_stack_that_may_not_have_existed_says_so() => Assert.Contains(
        "\n    * - The thread moved while it was read: these frames may be of different moments - *\n    (Python)",
        Text(Samples.Thread("", [Samples.Frame("f", "a.py", 1)], coherent: false)));

    [Fact]
    public void A_thread_in_two_interpreters_has_one_header_and_a_line_for_each()
    {
        PyFrame[] frames = [Samples.Frame("outer", "/a.py", 1, null)];
        PyThread first = Samples.Thread("Has the GIL", frames);
        PyThread second = Samples.Thread("", frames, interpreter: 2);
        foreach (PyThread thread in (PyThread[])[first, second])
        {
            thread.GetType().GetProperty(nameof(PyThread.InterpreterCount))!.SetValue(thread, 2);
        }

        second.GetType().GetProperty(nameof(PyThread.Part))!.SetValue(second, 1);
        Assert.Equal(
            """
            Traceback for thread 112 (worker-1) (most recent call last):
              In the main interpreter [Has the GIL]
                (Python) File "/a.py", line 1, in outer
            """,
            Text(first));
        Assert.Equal(
            """
              In interpreter 2 []
                (Python) File "/a.py", line 1, in outer
            """.TrimEnd(),
            Text(second));
    }

    [Fact]
    public void Where_several_CPythons_live_each_part_says_whose_it_is()
    {
        PyThread thread = Samples.Thread("Has the GIL", [Samples.Frame("outer", "/a.py", 1, null)]);
        foreach (string count in (string[])[nameof(PyThread.InterpreterCount), nameof(PyThread.RuntimeCount)])
        {
            thread.GetType().GetProperty(count)!.SetValue(thread, 2);
        }

        Assert.Equal(
            """
            Traceback for thread 112 (worker-1) (most recent call last):
              In the main interpreter of Python 3.12.1 [Has the GIL]
                (Python) File "/a.py", line 1, in outer
            """,
            Text(thread));
        Assert.Contains(", 2 interpreters of Python, captured", Traceback.FormatProcess(PSObject.AsPSObject(thread)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_thread_of_another_interpreter_says_which()
    {
        PyFrame[] frames = [Samples.Frame("f", "a.py", 1)];
        Assert.Equal(
            """
            Traceback for thread 112 (worker-1) (most recent call last):
              In interpreter 3 [Has the GIL]
                (Python) File "a.py", line 1, in f
            """,
            Text(Samples.Thread("Has the GIL", frames, interpreter: 3)));
        PyThread unattached = Samples.Thread("", frames, interpreter: -1);
        unattached.GetType().GetProperty(nameof(PyThread.InterpreterCount))!.SetValue(unattached, 2);
        Assert.Contains("\n  Not currently attached to any interpreter []\n", Text(unattached));
    }

    [Theory]
    [InlineData("\x1b[2J\x07\r\n\t", @"\x1b[2J\x07\x0d\x0a\x09")]
    [InlineData("a\x7f\u0080\u009bz", @"a\x7f\x80\x9bz")]
    [InlineData("a\u202eb\u2066c\u200f\u200e\u061c", @"a\u202eb\u2066c\u200f\u200e\u061c")]
    [InlineData("x\u2028y\u2029", @"x\u2028y\u2029")]
    [InlineData("é Ω 漢 😀", "é Ω 漢 😀")]
    public void Control_characters_of_a_target_are_written_out(string raw, string shown) => Assert.Equal(
        $"""
        Traceback for thread 112 ({shown}) [{shown}] (most recent call last):
            (Python) File "{shown}", line 1, in {shown}
                x{shown}x
        """,
        Text(Samples.Thread(raw, [Samples.Frame(raw, raw, 1, $"  x{raw}x ")], name: raw)));

    [Fact]
    public void Half_a_surrogate_pair_is_written_out()
    {
        // Not as InlineData: a lone surrogate does not survive the way of test data through UTF-8.
        string text = Text(Samples.Thread(Samples.Frame("a\ud800b\udc00", "a.py", 1)));
        Assert.EndsWith(@"in a\ud800b\udc00", text);
    }

    [Theory]
    [InlineData("")]
    [InlineData("   \t ")]
    public void An_empty_source_line_takes_no_line(string source) => Assert.EndsWith(
        "in f",
        Text(Samples.Thread(Samples.Frame("f", "a.py", 1, source))));

    [Fact]
    public void The_line_above_a_process_says_who_when_and_for_how_long() => Assert.Equal(
        "Process 112 (python3.12), Python 3.12.1, captured 2026-11-23 01:02:03, stopped for 0.052 ms",
        Traceback.FormatProcess(PSObject.AsPSObject(Samples.Tutorial)));

    [Theory]
    [InlineData("web1\x1b", " on web1\\x1b")]
    [InlineData("localhost", "")]
    public void The_line_above_a_process_of_another_machine_says_which(string machine, string shown)
    {
        // One of its own: PowerShell keeps added properties with the object, for every wrapper of it.
        var thread = new PSObject(Samples.Thread(Samples.Frame("f", "a.py", 1)));
        thread.Properties.Add(new PSNoteProperty("PSComputerName", machine));
        Assert.StartsWith($"Process 112 (python3.12){shown}, Python 3.12.1, ", Traceback.FormatProcess(thread), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void A_thread_that_was_serialized_looks_the_same(int depth)
    {
        var shown = new PyVariables { ["a"] = "1" };
        PyThread thread = Samples.Thread(
            "Has the GIL",
            [
                Samples.Frame("f\x1b", "/srv/app.py", 17, "    é = f()", 1),
                Samples.Native("time_sleep", null, null, "/lib/libc.so.6", inlined: true),
                Samples.WithVariables(shown, shown),
                Samples.NewerSource("  pass"),
            ],
            warnings: ["one", "two"]);
        string xml = PSSerializer.Serialize(thread, depth + 2);
        PSObject copy = PSObject.AsPSObject(PSSerializer.Deserialize(xml));

        Assert.Contains("Deserialized.PyStack.PyThread", copy.TypeNames);
        Assert.Equal(Text(thread), ThreadText.Of(copy));
        Assert.Equal(Traceback.FormatProcess(PSObject.AsPSObject(thread)), Traceback.FormatProcess(copy));
    }
}
