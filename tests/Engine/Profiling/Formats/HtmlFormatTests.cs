using System;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Text.Json;
using System.Text.RegularExpressions;
using PyStack.TestSupport.Profiles;
using Xunit;

namespace PyStack.Engine.Tests.Profiling.Formats;

/// <summary>The bytes of the page; what a browser makes of it is in tests/Pages.</summary>
public sealed partial class HtmlFormatTests
{
    [GeneratedRegex("<script type=\"application/octet-stream\" id=\"data\">([A-Za-z0-9+/=]*)</script>")]
    private static partial Regex Embedded();

    private static JsonElement Data(string page)
    {
        using var gzip = new GZipStream(new MemoryStream(Convert.FromBase64String(Embedded().Match(page).Groups[1].Value)), CompressionMode.Decompress);
        using JsonDocument document = JsonDocument.Parse(gzip);
        return document.RootElement.Clone();
    }

    [Fact]
    public void A_hostile_name_is_nowhere_in_the_page_but_in_the_packed_data_and_escaped_in_the_title()
    {
        string page = Written.Text("Html", SampleProfiles.Hostile());

        Assert.DoesNotContain("window.hacked", page.Replace("&lt;/script&gt;&lt;script&gt;window.hacked=1&lt;/script&gt;", ""), StringComparison.Ordinal);
        Assert.Equal(2, Regex.Count(page, "</script>"));
        Assert.Contains(Data(page).GetProperty("functions").EnumerateArray(), function => function[0].GetString() == SampleProfiles.HostileNames[0]);
    }

    /// <summary>Those that are there are names of XML namespaces, and of licences in comments, which nothing fetches.</summary>
    [Fact]
    public void The_page_has_no_address_of_another_machine()
        => Assert.DoesNotContain(
            Regex.Matches(Written.Text("Html", SampleProfiles.Simple()), @"\w+://[^\s""')]+").Select(match => match.Value),
            address => !address.StartsWith("http://www.w3.org/", StringComparison.Ordinal) && !address.StartsWith("https://www.apache.org/licenses/", StringComparison.Ordinal));

    [Fact]
    public void Stacks_are_a_tree_in_which_parents_come_first()
    {
        JsonElement data = Data(Written.Text("Html", SampleProfiles.Simple()));
        int[] Column(string table, string column) => [.. data.GetProperty(table).GetProperty(column).EnumerateArray().Select(number => number.GetInt32())];

        // <module>, work, compute, pow; rest; run, compute, compute.
        Assert.Equal([0, 1, 1, 1, 4, 0, 1, 1], Column("tree", "up"));
        Assert.Equal([2, 3, 4, 7], Column("stacks", "node"));
        Assert.Equal([40, 20, 20, 20], Column("stacks", "count"));
        Assert.Equal([2, 2, 5, 4], Column("stacks", "state"));
    }

    [Fact]
    public void Sources_have_lines_as_Python_counts_them_and_equal_ones_are_there_once()
    {
        PyProfile one = SampleProfiles.New(1, [], new PyProfileSource { File = "a.py", Text = "x\f\r\n\ty\rz\u2028z\n" }), other = SampleProfiles.New(2, [], new PyProfileSource { File = "a.py", Text = "x\f\r\n\ty\rz\u2028z\n" });

        JsonElement source = Assert.Single(Data(Written.Text("Html", one, other)).GetProperty("sources").EnumerateArray().ToArray());

        Assert.Equal(["x ", "    y", @"z\u2028z", ""], source.GetProperty("lines").EnumerateArray().Select(line => line.GetString()!));
        Assert.Equal([0, 1], source.GetProperty("profiles").EnumerateArray().Select(profile => profile.GetInt32()));
    }

    [Fact]
    public void Sources_that_would_make_the_page_too_large_are_left_out()
    {
        PyProfileSource[] files = [.. Enumerable.Range(0, 20).Select(i => new PyProfileSource { File = $"{i}.py", Text = new string('x', 1 << 20) })];

        Assert.Equal(16, Data(Written.Text("Html", SampleProfiles.New(1, [], files))).GetProperty("sources").GetArrayLength());
    }
}
