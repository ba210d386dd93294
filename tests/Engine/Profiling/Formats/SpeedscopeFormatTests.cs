using System.Linq;
using System.Text.Json;
using PyStack.TestSupport.Profiles;
using Xunit;

namespace PyStack.Engine.Tests.Profiling.Formats;

/// <summary>Opened in speedscope itself by tests/Pages/SpeedscopeTests.cs.</summary>
public sealed class SpeedscopeFormatTests
{
    [Fact]
    public void There_is_a_sampled_profile_for_each_thread_in_seconds()
    {
        JsonElement file = Written.Json("Speedscope", SampleProfiles.Simple());

        Assert.Equal(
            """{"type":"sampled","name":"MainThread (112)","unit":"seconds","samples":[[0,1,2],[0,1,2,3],[0,4]],"weights":[0.4,0.2,0.2],"startValue":0,"endValue":0.8}""",
            file.GetProperty("profiles")[0].GetRawText());
        Assert.Equal("worker;1 (113)", file.GetProperty("profiles")[1].GetProperty("name").GetString());
        Assert.Equal(
            ["<module> /srv/app.py", "work /srv/app.py", "App.compute /srv/app.py", "pow /usr/lib/libm.so.6", "rest /srv/app.py", "Thread.run /usr/lib/python3.12/threading.py"],
            file.GetProperty("shared").GetProperty("frames").EnumerateArray().Select(frame => $"{frame.GetProperty("name")} {frame.GetProperty("file")}"));
    }

    [Fact]
    public void Threads_of_several_processes_are_named_with_their_process() => Assert.Equal(
        ["python3 (112) MainThread (112)", "python3 (112) worker;1 (113)", "python3 (500) MainThread (500)", "python3 (500) worker;1 (501)"],
        Written.Json("Speedscope", SampleProfiles.Simple(), SampleProfiles.Simple(500)).GetProperty("profiles").EnumerateArray().Select(one => one.GetProperty("name").GetString()!));

    [Fact]
    public void A_profile_without_samples_and_rate_is_a_file_with_an_empty_profile()
    {
        JsonElement profile = Assert.Single(Written.Json("Speedscope", new PyProfile { ProcessId = 1 }).GetProperty("profiles").EnumerateArray().ToArray());

        Assert.Equal("none", profile.GetProperty("unit").GetString());
        Assert.Equal(0, profile.GetProperty("samples").GetArrayLength());
    }

    [Fact]
    public void Hostile_names_are_strings_of_valid_JSON()
        => Assert.Contains(
            Written.Json("Speedscope", SampleProfiles.Hostile()).GetProperty("shared").GetProperty("frames").EnumerateArray(),
            frame => frame.GetProperty("name").GetString() == SampleProfiles.HostileNames[0]);
}
