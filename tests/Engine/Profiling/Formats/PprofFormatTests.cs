using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using PyStack.TestSupport;
using PyStack.TestSupport.Profiles;
using Xunit;

namespace PyStack.Engine.Tests.Profiling.Formats;

/// <summary>Read back by <c>go tool pprof</c>, which is pprof itself (Debian's golang-go).</summary>
public sealed class PprofFormatTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Pprof(byte[] profile, params string[] options)
    {
        string? go = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(folder => Path.Combine(folder, "go")).FirstOrDefault(File.Exists);
        Assert.SkipWhen(go is null, "there is no pprof: apt-get install golang-go");
        string file = Path.Combine(_folder.Path, "profile.pb.gz");
        File.WriteAllBytes(file, profile);
        var start = new ProcessStartInfo(go!) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["HOME"] = _folder.Path;
        start.Environment["PPROF_TMPDIR"] = _folder.Path;
        foreach (string argument in (string[])["tool", "pprof", .. options, file])
        {
            start.ArgumentList.Add(argument);
        }

        using Process process = Process.Start(start)!;
        System.Threading.Tasks.Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, error.Result);
        return output;
    }

    [Fact]
    public void Pprof_sums_functions_as_they_are()
    {
        string[] rows = Pprof(Written.Bytes("Pprof", [SampleProfiles.Simple()]), "-top", "-sample_index=samples").Split('\n');

        Assert.Contains("Showing nodes accounting for 100, 100% of 100 total", rows);
        string[] Row(string function) => rows.Single(row => row.EndsWith("  " + function, StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["60", "60.00%", "60.00%", "80", "80.00%", "App.compute"], Row("App.compute"));
        Assert.Equal(["60", "60.00%", "work"], Row("work")[3..]);
        Assert.Equal(["80", "80.00%", "<module>"], Row("<module>")[3..]);
    }

    [Fact]
    public void Pprof_has_files_lines_labels_and_times()
    {
        string raw = Pprof(Written.Bytes("Pprof", [SampleProfiles.Simple()]), "-raw");

        Assert.Contains("wall nanoseconds", raw.ReplaceLineEndings(" ").Replace("PeriodType: ", ""), StringComparison.Ordinal);
        Assert.Contains("Period: 10000000", raw, StringComparison.Ordinal);
        Assert.Contains("Duration: 1s", raw, StringComparison.Ordinal);
        Assert.Contains("App.compute /srv/app.py:8", raw, StringComparison.Ordinal);
        Assert.Contains("libm.so.6", raw, StringComparison.Ordinal);
        Assert.Contains("thread:[worker;1]", raw, StringComparison.Ordinal);
        Assert.Contains("state:[idle]", raw, StringComparison.Ordinal);
        Assert.Contains("40  400000000:", raw, StringComparison.Ordinal);
    }

    [Fact]
    public void A_baseline_is_subtracted_as_pprof_itself_does_it()
    {
        byte[] after = Written.Bytes("Pprof", [SampleProfiles.Simple()]), before = Written.Bytes("Pprof", [SampleProfiles.Simple(900, compute: 10)]);
        string old = Path.Combine(_folder.Path, "before.pb.gz");
        File.WriteAllBytes(old, before);

        string expected = Pprof(after, "-top", "-sample_index=samples", "-diff_base=" + old);
        string written = Pprof(Written.Bytes("Pprof", [SampleProfiles.Simple()], [SampleProfiles.Simple(900, compute: 10)]), "-top", "-sample_index=samples");
        static string[] Rows(string text) => [.. text.Split('\n').SkipWhile(line => !line.Contains("flat%", StringComparison.Ordinal)).Skip(1).Select(line => line.TrimEnd()).Order(StringComparer.Ordinal)];

        Assert.Contains(Rows(written), row => row.Contains("30 ", StringComparison.Ordinal) && row.EndsWith("App.compute", StringComparison.Ordinal));
        Assert.Equal(Rows(expected), Rows(written));
    }

    [Fact]
    public void Hostile_names_are_read_and_cannot_drive_a_terminal()
    {
        string raw = Pprof(Written.Bytes("Pprof", [SampleProfiles.Hostile()]), "-raw");

        Assert.Contains("</script><script>", raw, StringComparison.Ordinal);
        Assert.DoesNotContain(raw, character => char.IsControl(character) && character is not ('\n' or '\t'));
    }
}
