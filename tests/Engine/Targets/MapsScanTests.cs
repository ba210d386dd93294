using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using PyStack.Engine.Native;
using PyStack.Engine.Targets.Live.Procfs;
using Xunit;

namespace PyStack.Engine.Tests.Targets;

public sealed class MapsScanTests : FolderTest
{
    private static List<string> Visit(string path, long maxBytes, out int error, int most = int.MaxValue)
    {
        List<string> lines = [];
        error = new MapsScan(maxBytes).Visit(path, line =>
        {
            lines.Add(Encoding.UTF8.GetString(line));
            return lines.Count < most;
        });
        return lines;
    }

    private string Written(IEnumerable<string> lines)
    {
        string path = Path.Combine(Folder, "maps");
        File.WriteAllText(path, string.Concat(lines.Select(line => line + "\n")));
        return path;
    }

    [Fact]
    public void Every_line_is_seen_whole_where_chunks_end()
    {
        string[] lines = [.. Enumerable.Range(0, 5000).Select(i => $"{i} " + new string('x', i % 97))];
        Assert.Equal(lines, Visit(Written(lines), long.MaxValue, out int error));
        Assert.Equal(0, error);
    }

    [Fact]
    public void A_line_that_is_too_long_does_not_hide_those_behind_it()
        => Assert.Equal("behind", Visit(Written([new string('x', 1_000_000), "behind"]), long.MaxValue, out _).Last());

    [Fact]
    public void The_visitor_can_end_it() => Assert.Equal(["a", "b"], Visit(Written(["a", "b", "c"]), long.MaxValue, out _, most: 2));

    [Fact]
    public void More_than_the_limit_is_not_read()
        => Assert.InRange(Visit(Written(Enumerable.Repeat("line", 100_000)), 50_000, out _).Count, 10_000, 20_000);

    [Fact]
    public void A_file_that_is_not_there_gives_its_error()
    {
        Assert.Empty(Visit("/proc/2147483647/maps", 1000, out int error));
        Assert.Equal(Errno.ENOENT, error);
    }
}
