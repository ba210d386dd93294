using System;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;
using PyStack.TestSupport.Profiles;
using Xunit;

namespace PyStack.Engine.Tests.Profiling.Formats;

public sealed class CollapsedFormatTests
{
    [Fact]
    public void A_line_is_process_thread_and_frames_outermost_first_and_the_samples() => Assert.Equal(
        """
        python3 (112);MainThread (112);<module> (app.py);work (app.py);App.compute (app.py) 40
        python3 (112);MainThread (112);<module> (app.py);work (app.py);App.compute (app.py);pow (libm.so.6) 20
        python3 (112);MainThread (112);<module> (app.py);rest (app.py) 20
        python3 (112);worker:1 (113);Thread.run (threading.py);App.compute (app.py);App.compute (app.py) 20

        """,
        Written.Text("Collapsed", SampleProfiles.Simple()));

    [Fact]
    public void States_and_lines_of_the_same_functions_are_one_line()
    {
        PyProfileFrame one = SampleProfiles.Frame("f", "a.py", 1), other = SampleProfiles.Frame("f", "a.py", 2);
        PyProfile profile = SampleProfiles.New(1, [SampleProfiles.Stack(3, "t", 1, [one], hasGil: true), SampleProfiles.Stack(4, "t", 1, [other], isIdle: true)]);

        Assert.Equal("python3 (1);t (1);f (a.py) 7\n", Written.Text("Collapsed", profile));
    }

    [Fact]
    public void With_a_baseline_there_are_two_numbers_and_no_ids() => Assert.Equal(
        """
        python3;MainThread;<module> (app.py);work (app.py);App.compute (app.py) 10 40
        python3;MainThread;<module> (app.py);work (app.py);App.compute (app.py);pow (libm.so.6) 20 20
        python3;MainThread;<module> (app.py);rest (app.py) 20 20
        python3;worker:1;Thread.run (threading.py);App.compute (app.py);App.compute (app.py) 20 20

        """,
        Encoding.UTF8.GetString(Written.Bytes("Collapsed", [SampleProfiles.Simple()], [SampleProfiles.Simple(900, compute: 10)])));

    [Fact]
    public void No_name_begins_another_frame_or_line()
    {
        string[] lines = Written.Text("Collapsed", SampleProfiles.Hostile()).Split('\n');

        Assert.Equal(SampleProfiles.HostileNames.Count + 1, lines.Length);
        Assert.All(lines[..^1], line =>
        {
            // Process, thread, task, two frames.
            Assert.Equal(5, line.Split(';').Length);
            Assert.Matches(new Regex(@"^[^\p{C}\p{Zl}\p{Zp}]* 2$"), line);
        });
        Assert.True(lines.Max(line => line.Length) < 20_000, "A name is not cut.");
    }

    [Fact]
    public void A_task_is_the_outermost_frame() => Assert.StartsWith(
        "python3 (1);t (1);task fetch;f (a.py) 1",
        Written.Text("Collapsed", SampleProfiles.New(1, [SampleProfiles.Stack(1, "t", 1, [SampleProfiles.Frame("f", "/x/a.py", 1)], task: "fetch")])),
        StringComparison.Ordinal);
}
