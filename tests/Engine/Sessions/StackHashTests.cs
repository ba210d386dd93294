using PyStack.Engine.Results;
using Xunit;

namespace PyStack.Engine.Tests.Sessions;

/// <summary>The hash of a stack is for good: those of a fleet and of another year are compared.</summary>
public sealed class StackHashTests
{
    // By xxhsum -H3 (xxhash 0.8.1) over the bytes that StackHash documents; the byte that is not UTF-8 as the object has it, \xe9.
    [Fact]
    public void It_is_XXH3_of_kind_file_function_and_line()
    {
        PyFrame[] frames =
        [
            Frame("/srv/app.py", "main", 12),
            Frame("/srv/caf\udce9.py", "work", 7),
            Frame(null, null, null, PyFrameKind.Native),
        ];

        Assert.Equal("eb61881cc387cce2", new StackHash().Of(frames));
        Assert.Equal("2d06800538d394c2", new StackHash().Of([]));
    }

    [Fact]
    public void Stacks_that_differ_in_one_of_these_have_other_hashes()
    {
        StackHash hash = new();
        string first = hash.Of([Frame("a", "f", 1)]);

        Assert.Equal(first, new StackHash().Of([Frame(new string('a', 1), "f", 1)]));
        Assert.NotEqual(first, hash.Of([Frame("b", "f", 1)]));
        Assert.NotEqual(first, hash.Of([Frame("a", "g", 1)]));
        Assert.NotEqual(first, hash.Of([Frame("a", "f", 2)]));
        Assert.NotEqual(first, hash.Of([Frame("a", "f", 1, PyFrameKind.Native)]));
        Assert.NotEqual(first, hash.Of([Frame("a", "f", 1), Frame("a", "f", 1)]));
    }

    private static PyFrame Frame(string? file, string? function, int? line, PyFrameKind kind = PyFrameKind.Python)
        => new() { ProcessId = 1, ThreadId = 1, Index = 0, File = file, Function = function, Line = line, Kind = kind };
}
