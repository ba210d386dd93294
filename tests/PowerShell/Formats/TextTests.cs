using System;
using System.Linq;
using Xunit;

namespace PyStack.Tests.Formats;

/// <summary>What <c>"$thread"</c> is, and the tables of <c>Compare-Object</c> and <c>Group-Object</c> show.</summary>
public sealed class TextTests
{
    private static readonly PyFrame[] Frames = [Samples.Frame("main", "app.py", 17), Samples.Frame("first", "app.py", 6)];

    [Fact]
    public void A_thread_is_its_id_name_status_and_innermost_frame_on_one_line()
        => Assert.Equal("Thread 112 (worker-1) [Has the GIL] first (app.py:6)", Samples.Thread(Frames).ToString());

    /// <summary>Compare-Object's table has room for 65 characters beside its second column at 80 columns.</summary>
    [Fact]
    public void A_thread_is_short_however_long_its_names_are()
    {
        string text = Samples.Thread("", [Samples.Frame(new string('f', 500), "/srv/" + new string('x', 500) + ".py", 6)]).ToString();

        Assert.StartsWith("Thread 112 (worker-1) [] ffff", text, StringComparison.Ordinal);
        Assert.EndsWith("...:6)", text, StringComparison.Ordinal);
        Assert.InRange(text.Length, 40, 90);
        Assert.Equal("Thread 112 (worker-1) [] read (C in libc.so.6)", Samples.Thread("", [Samples.Native("read", "read.c", 26, "/lib/libc.so.6")]).ToString());
    }

    [Fact]
    public void Frames_are_on_one_line_from_the_outermost_on()
        => Assert.Equal("main (app.py:17) > first (app.py:6)", new PyFrameList(Frames).ToString());

    [Fact]
    public void What_is_not_known_of_a_thread_is_left_out()
    {
        Assert.Equal("Thread 112 [] no frames", Samples.Thread("", [], name: null).ToString());
        Assert.Equal("Thread 112 [] ??? (???:0)", Samples.Thread("", [Samples.Frame(null, null, null)], name: "").ToString());
        Assert.Equal("Thread 112 (worker-1) in interpreter 3 [] no frames", Samples.Thread("", [], interpreter: 3).ToString());
    }

    [Fact]
    public void A_native_frame_says_so_and_in_which_library()
    {
        Assert.Equal("read (read.c:26, C in /lib/libc.so.6)", Samples.Native("read", "read.c", 26, "/lib/libc.so.6").ToString());
        Assert.Equal("g (C, inlined, in l.so)", Samples.Native("g", null, null, "l.so", inlined: true).ToString());
        Assert.Equal("??? (C in ???)", Samples.Native(null, null, null, null).ToString());
    }

    [Fact]
    public void Two_captures_have_the_same_text_where_nothing_has_changed_but_time_and_addresses()
    {
        PyThread one = Filled.New(typeof(PyThread), name => name) as PyThread ?? throw new InvalidOperationException();
        var two = (PyThread)Filled.New(typeof(PyThread), name => name);
        foreach (string name in (string[])["CapturedAt", "PauseMilliseconds", "ProcessName"])
        {
            typeof(PyThread).GetProperty(name)!.SetValue(two, null);
        }

        typeof(PyFrame).GetProperty("Address")!.SetValue(two.Frames[0], 1UL);
        typeof(PyFrame).GetProperty("SourceLine")!.SetValue(two.Frames[0], "x");
        Assert.Equal(one.ToString(), two.ToString());
    }

    [Theory]
    [InlineData("ThreadId", 7)]
    [InlineData("Name", "x")]
    [InlineData("Status", "x")]
    [InlineData("Frames", null)]
    public void A_thread_in_which_something_has_changed_has_another_text(string property, object? value)
    {
        PyThread two = Samples.Thread("Has the GIL", Frames);
        typeof(PyThread).GetProperty(property)!.SetValue(two, value ?? new PyFrameList(null));
        Assert.NotEqual(Samples.Thread("Has the GIL", Frames).ToString(), two.ToString());
    }

    [Theory]
    [InlineData("Kind", PyFrameKind.Native)]
    [InlineData("Function", "x")]
    [InlineData("File", "x")]
    [InlineData("Line", 7)]
    public void A_stack_with_another_hash_has_another_text(string property, object value)
    {
        PyFrame frame = Samples.Frame("first", "app.py", 6);
        typeof(PyFrame).GetProperty(property)!.SetValue(frame, value);
        Assert.NotEqual(new PyFrameList(Frames).ToString(), new PyFrameList([Frames[0], frame]).ToString());
    }

    [Fact]
    public void A_deep_stack_shows_500_frames_of_each_end()
    {
        PyFrame[] frames = [.. Enumerable.Range(0, 1001).Select(i => Samples.Frame("f", "a.py", i))];
        string text = new PyFrameList(frames).ToString();
        Assert.Contains(" > f (a.py:499) > ... 1 frames ... > f (a.py:501) > ", text, StringComparison.Ordinal);
        Assert.EndsWith(" > f (a.py:1000)", text, StringComparison.Ordinal);
        Assert.DoesNotContain("...", new PyFrameList(frames[1..]).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_process_and_a_core_are_told_from_others_of_the_same_id()
    {
        Assert.Equal("Process 112 (uwsgi), Python 3.12.1, started 2026-11-23 01:02:03: python3.12 /srv/app.py --port 80", Samples.Process(112, "uwsgi").ToString());
        Assert.Equal(
            "Core /c of process 112 (py), SIGSEGV, Python 3.12.1, written 2026-11-23 01:02:03",
            new PyCore { Path = "/c", DumpedProcessId = 112, Name = "py", SignalName = "SIGSEGV", PythonVersion = "3.12.1", Time = new(2026, 11, 23, 1, 2, 3) }.ToString());
        Assert.True(Samples.Process(1, "x", commandLine: new string('x', 1_000_000)).ToString().Length < 300);
    }
}
