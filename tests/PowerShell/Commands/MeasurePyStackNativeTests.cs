using System;
using System.IO;
using System.Linq;
using PyStack.TestSupport;
using Xunit;

namespace PyStack.Tests.Commands;

public sealed class MeasurePyStackNativeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly EmbeddedShell _shell = new();

    public void Dispose()
    {
        _shell.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Native_frames_are_inside_the_Python_frames_that_call_them_in_the_profile_and_in_its_files()
    {
        using PythonTarget target = PythonTarget.Sleeping();
        _shell.Set("folder", _folder.Path);
        _shell.Set("id", target.Id);

        _ = _shell.Run("$measured = Measure-PyStack $id -Native -Duration 0.3; foreach ($end in 'html', 'collapsed.txt') { $measured | Export-PyProfile \"$folder/x.$end\" }");

        Assert.Empty(_shell.Errors);
        PyProfile profile = (PyProfile)Assert.Single(_shell.Run("$measured")).BaseObject;
        string[] kinds = [.. Assert.Single(profile.Stacks).Frames.Select(frame => frame.Kind == PyFrameKind.Python ? frame.Function! : "native")];
        int third = Array.IndexOf(kinds, "third_func");
        Assert.Equal(["<module>", "first_func", "second_func", "third_func"], kinds[(third - 3)..(third + 1)]);
        Assert.All(kinds[(third + 1)..], kind => Assert.Equal("native", kind));
        Assert.NotEmpty(kinds[(third + 1)..]);
        string innermost = profile.Stacks[0].Frames.Last(frame => frame.Function is not null).Function!;
        Assert.Contains(innermost, File.ReadAllText(Path.Combine(_folder.Path, "x.collapsed.txt")), StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(_folder.Path, "x.html")));
    }
}
