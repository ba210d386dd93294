using System;
using System.IO;
using System.IO.Compression;
using System.Text;
using PyStack.Engine.Targets.Saved;
using Xunit;

namespace PyStack.Engine.Tests.Targets.Saved;

/// <summary>The note comes from a file that anybody may have written.</summary>
public sealed class SavedNoteTests
{
    [Fact]
    public void What_was_written_is_read()
    {
        SavedProcess process = new()
        {
            Host = "here",
            PauseTicks = 7,
            Threads = [new SavedThread(12, "name", PyThreadState.Sleeping, 5, new PyWait { Kind = PyWaitKind.Sleep, Description = "sleep", Timeout = 1.5 }, HasStack: true)],
            States = [new SavedState(ulong.MaxValue, 12, 1, "python name", null, IsCoherent: true, ["a warning"])],
            Sources = [new SavedSource("/a.py", [3, 9], ["x = 1", "y = 2"], IsNewer: false)],
        };

        SavedFacts read = SavedNote.Read(SavedNote.Write(process))!;

        Assert.Equal("here", read.Process.Host);
        Assert.Equal(TimeSpan.FromTicks(7), read.Pause);
        Assert.Equal((PyWaitKind.Sleep, 1.5), (read.ThreadOf(12)!.Wait!.Kind, read.ThreadOf(12)!.Wait!.Timeout));
        Assert.Equal("python name", read.StateOf(ulong.MaxValue)!.Name);
        Assert.True(read.TryFindLine("/a.py", 9, out string text, out _));
        Assert.Equal("y = 2", text);
        Assert.False(read.TryFindLine("/a.py", 4, out _, out _));
    }

    [Theory]
    [InlineData("""{"Threads":null,"States":[null],"Sources":[{"File":null},{"File":"/a","Lines":[1,2],"Texts":[null]},{"File":"/b"}],"Tasks":[{}]}""")]
    [InlineData("""{"Future":{"x":[1]},"Sources":[{"File":"/a","Lines":[1,2],"Texts":[""]}]}""")]
    public void What_is_missing_is_not_there(string json)
    {
        SavedFacts read = SavedNote.Read(Pack(json))!;

        Assert.Null(read.ThreadOf(1));
        Assert.Null(read.StateOf(1));
        Assert.Null(read.TaskOf("0x1"));
        Assert.True(read.TryFindLine("/a", 1, out string text, out _));
        Assert.Equal("", text);
        Assert.False(read.TryFindLine("/a", 2, out _, out _));
        Assert.False(read.TryFindLine("/b", 1, out _, out _));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("""{"PauseTicks":"x"}""")]
    [InlineData("""{"Threads":[{"State":"NoSuchState"}]}""")]
    [InlineData("")]
    public void What_is_no_such_document_is_no_note(string json) => Assert.Null(SavedNote.Read(Pack(json)));

    [Fact]
    public void What_is_not_packed_is_no_note() => Assert.Null(SavedNote.Read("{}"u8));

    [Fact]
    public void A_document_that_would_be_too_large_is_no_note() => Assert.Null(SavedNote.Read(Pack(new string(' ', 140 << 20))));

    private static byte[] Pack(string json)
    {
        using MemoryStream packed = new();
        using (GZipStream gzip = new(packed, CompressionLevel.Fastest))
        {
            gzip.Write(Encoding.UTF8.GetBytes(json));
        }

        return packed.ToArray();
    }
}
