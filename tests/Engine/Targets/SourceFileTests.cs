using System;
using System.IO;
using PyStack.Engine.Native;
using PyStack.Engine.Targets;
using PyStack.TestSupport;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Targets;

/// <summary>A source file that was read before is read again only if it was changed.</summary>
public sealed class SourceFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void One_in_the_same_state_is_given_back()
    {
        string path = Write("a = 1\n");
        SourceFile known = Read(path, null) with { State = StateOf(path) };

        Assert.Same(known, Read(path, known));
        Assert.NotSame(known, Read(path, known with { Rights = new FileRights(1, 1, [], 0) }));
    }

    /// <summary>Size and time of the content can be made the same again; the time of the change itself cannot.</summary>
    [Fact]
    public void One_that_was_written_to_is_read_again_though_size_and_time_are_the_same()
    {
        string path = Write("a = 1\n");
        DateTime time = new(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(path, time);
        SourceFile known = Read(path, null) with { State = StateOf(path) };
        Wait.Until(
            () =>
            {
                File.WriteAllText(path, "b = 2\n");
                File.SetLastWriteTimeUtc(path, time);
                return StateOf(path) != known.State;
            },
            "the clock of the file system stands still");

        SourceFile read = Read(path, known);

        Assert.Equal(known.State!.Value.Identity, StateOf(path).Identity);
        Assert.Equal("b = 2\n"u8, read.Content);
    }

    /// <summary>A second change within one step of the file system's clock leaves no trace.</summary>
    [Fact]
    public void One_that_was_changed_just_now_is_not_kept() => Assert.Null(Read(Write("a = 1\n"), null).State);

    private string Write(string text)
    {
        string path = Path.Combine(_folder.Path, "source.py");
        File.WriteAllText(path, text);
        return path;
    }

    private static FileState StateOf(string path)
    {
        Assert.True(FileCalls.TryGetStatus(path, out FileCalls.FileStatus status));
        return status.State;
    }

    private static SourceFile Read(string path, SourceFile? known)
    {
        Assert.True(SourceFile.TryRead(new FilePlace(path), 1000, DateTime.MaxValue, known, out SourceFile file, out string problem), problem);
        return file;
    }
}
