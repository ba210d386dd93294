using System;
using System.Collections.Generic;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Threading;
using PyStack.Engine.Reports;
using PyStack.TestSupport.Pages;
using PyStack.TestSupport.Profiles;
using Xunit;

namespace PyStack.Engine.Tests.Reports;

/// <summary>The bytes of the page; what a browser makes of it is in tests/Pages.</summary>
public sealed partial class ReportDataTests
{
    [GeneratedRegex("<script type=\"application/octet-stream\" id=\"data\">([A-Za-z0-9+/=]*)</script>")]
    private static partial Regex Embedded();

    private static string Page(IEnumerable<object> items, string? title = null, string machine = "web-1")
    {
        Report report = new() { Title = title };
        foreach (object item in items)
        {
            Assert.True(report.Add(item, machine));
        }

        using var bytes = new MemoryStream();
        ReportPage.Write(bytes, report, NoLook.Instance, CancellationToken.None);
        return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes.ToArray());
    }

    private static JsonElement Data(params object[] items)
    {
        using var gzip = new GZipStream(new MemoryStream(Convert.FromBase64String(Embedded().Match(Page(items)).Groups[1].Value)), CompressionMode.Decompress);
        using JsonDocument document = JsonDocument.Parse(gzip);
        return document.RootElement.Clone();
    }

    private static int Count(JsonElement data, string list) => data.GetProperty(list).GetArrayLength();

    [Fact]
    public void A_hostile_name_is_nowhere_in_the_page_but_in_the_packed_data_and_escaped_in_the_title()
    {
        string page = Page(SampleReports.Hostile(), SampleProfiles.HostileNames[0], SampleProfiles.HostileNames[1]);

        Assert.DoesNotContain("window.hacked", page.Replace("&lt;/script&gt;&lt;script&gt;window.hacked=1&lt;/script&gt;", ""), StringComparison.Ordinal);
        Assert.Equal(2, Regex.Count(page, "</script>"));
        Assert.Contains("Content-Security-Policy\" content=\"default-src 'none'; script-src 'nonce-", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Each_page_lets_its_own_script_and_style_run_by_a_word_that_no_other_page_has()
    {
        string[] nonces = [.. new[] { SampleReports.Bank(), SampleReports.Hostile() }.SelectMany(report => Regex.Matches(Page(report), @"nonce[-=]""?(\w{32})['""]").Select(match => match.Groups[1].Value).Distinct())];

        Assert.Equal(2, nonces.Distinct().Count());
    }

    [Fact]
    public void The_page_has_no_address_of_another_machine_and_d3_only_with_a_profile()
    {
        string with = Page([SampleProfiles.Simple()]), without = Page(SampleReports.Bank());

        Assert.DoesNotContain(
            Regex.Matches(with + without, @"\w+://[^\s""')]+").Select(match => match.Value),
            address => !address.StartsWith("http://www.w3.org/", StringComparison.Ordinal) && !address.StartsWith("https://www.apache.org/licenses/", StringComparison.Ordinal));
        Assert.Contains("FlameGraph=", with, StringComparison.Ordinal);
        Assert.DoesNotContain("FlameGraph=", without, StringComparison.Ordinal);
    }

    [Fact]
    public void A_process_is_there_once_whichever_objects_name_it_and_so_are_the_threads_of_a_deadlock()
    {
        object[] bank = SampleReports.Bank();
        PyDeadlock deadlock = bank.OfType<PyDeadlock>().Single();
        JsonElement data = Data(bank), alone = Data(deadlock);

        Assert.Equal(1, Count(data, "processes"));
        Assert.Equal(bank.OfType<PyThread>().Count(), Count(data, "threads"));
        Assert.Equal((1, 2), (Count(alone, "processes"), Count(alone, "threads")));
        Assert.Equal([0, 1], alone.GetProperty("deadlocks")[0].GetProperty("threads").EnumerateArray().Select(number => number.GetInt32()));
    }

    [Fact]
    public void Equal_ids_of_several_machines_and_cores_are_several_processes()
    {
        PyThread thread = SampleReports.Thread(1, "a", []);
        Report report = new();
        report.Add(thread, "web-1");
        report.Add(thread, "web-2");
        report.Add(new PyThread { ProcessId = 112, ThreadId = 1, PythonVersion = "3.12.1", Frames = [], StackHash = "", Source = PySource.Core, Path = "/var/crash/core.112", CoreSummary = ["SIGSEGV"] }, "web-1");

        Assert.Equal("Report on 2 processes", ReportPage.TitleOf(report));
        using var bytes = new MemoryStream();
        new ReportData(report, NoLook.Instance, CancellationToken.None).Write(bytes);
        using JsonDocument data = JsonDocument.Parse(bytes.ToArray());
        Assert.Equal(["web-1", "web-2", "web-1"], data.RootElement.GetProperty("processes").EnumerateArray().Select(process => process.GetProperty("machine").GetString()!));
        Assert.Equal("SIGSEGV", data.RootElement.GetProperty("processes")[2].GetProperty("notes")[0].GetString());
    }

    /// <summary>A column counts UTF-8 bytes; in the page a tab is four blanks, and what is invisible is written out.</summary>
    [Theory]
    [InlineData("x = call(1)", 4, 11, 4, 11)]
    [InlineData("\té = call(1)", 6, 13, 8, 15)]
    [InlineData("\u202ea = call(1)", 7, 14, 10, 17)]
    [InlineData("x = call(", 4, null, 4, -1)]
    public void Columns_are_places_in_the_text_that_is_shown(string line, int column, int? endColumn, int from, int to)
    {
        JsonElement data = Data(SampleReports.Thread(1, "a", [SampleReports.Frame("f", "/a.py", 7, line, column, endColumn)]));
        int[] frame = [.. data.GetProperty("frames")[2].EnumerateArray().Select(number => number.GetInt32())];

        Assert.Equal((from, to), (frame[3], frame[4]));
        Assert.StartsWith("call(", data.GetProperty("lines")[frame[2]].GetString()![from..], StringComparison.Ordinal);
    }

    [Fact]
    public void The_lines_around_are_those_that_a_profile_of_the_same_process_has_if_the_line_is_in_them()
    {
        PyProfile profile = SampleProfiles.Simple();
        JsonElement data = Data(profile, SampleReports.Thread(1, "a", [SampleReports.Frame("compute", "/srv/app.py", 8, "\treturn i ** i"), SampleReports.Frame("other", "/srv/app.py", 5, "changed")]), SampleReports.Thread(1, "b", [SampleReports.Frame("compute", "/srv/app.py", 8, "\treturn i ** i")], process: 113));

        JsonElement excerpt = Assert.Single(data.GetProperty("excerpts").EnumerateArray().ToArray());
        Assert.Equal(3, excerpt.GetProperty("first").GetInt32());
        Assert.Equal(["def work():", "    for i in range(10):", "        compute(i)"], excerpt.GetProperty("lines").EnumerateArray().Take(3).Select(line => data.GetProperty("lines")[line.GetInt32()].GetString()!));
        Assert.Equal([0, -1, -1], data.GetProperty("frames").EnumerateArray().Skip(2).Select(frame => frame[7].GetInt32()));
    }

    [Fact]
    public void Five_thousand_threads_share_their_frames()
    {
        JsonElement data = Data(SampleReports.Large(1000));

        Assert.Equal(1000, Count(data, "threads"));
        Assert.InRange(data.GetProperty("tree").GetProperty("frame").GetArrayLength(), 1000, 10_000);
        Assert.InRange(Count(data, "functions"), 20, 402);
    }
}
