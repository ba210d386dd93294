using System;
using System.IO;
using System.Linq;
using PyStack.Engine.Sessions.NativeStacks;
using PyStack.Engine.Tests.Elf;
using PyStack.Engine.Tests.Sessions.NativeStacks;
using PyStack.TestSupport;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Symbols;

/// <summary>Debug information that was taken out of a library into a file of its own.</summary>
public sealed class DebugFilesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("-Wl,--build-id", "")]
    [InlineData("-Wl,--build-id", ".debug/")]
    [InlineData("-Wl,--build-id=none", "")]
    [InlineData("-Wl,--build-id=none", ".debug/")]
    public void It_is_found_by_the_link_and_trusted_by_build_id_or_checksum(string buildId, string place)
    {
        using Target target = Start(buildId, place, "");

        NativeFrame[] frames = Frames(target);

        Assert.Contains(frames, frame => frame is { Function: "descend", Line: > 0 } && frame.File!.EndsWith("libnative.so.c", StringComparison.Ordinal));
        Assert.Contains(frames, frame => frame is { Function: "innermost", IsInlined: true });
    }

    [Theory]
    [InlineData("-Wl,--build-id")]
    [InlineData("-Wl,--build-id=none")]
    public void That_of_another_build_is_refused(string buildId)
    {
        using Target target = Start(buildId, "", "int another_build = 1;");

        Assert.DoesNotContain(Frames(target), frame => frame.File is not null && frame.File.EndsWith("libnative.so.c", StringComparison.Ordinal));
    }

    private static NativeFrame[] Frames(Target target)
        => [.. NativeStacksOf.Process(target)[target.ProcessId].Frames.Where(frame => frame.Library?.EndsWith("libnative.so", StringComparison.Ordinal) == true)];

    // The exported functions keep their names in .dynsym; the debug file is that of the same source, or of one with something more.
    private Target Start(string buildId, string place, string more)
    {
        string source = File.ReadAllText(Programs.PathOf("native.c"));
        string[] flags = ["-shared", "-fPIC", "-O2", "-g", "-pthread", buildId];
        string library = Toolchain.Compile(_folder.Path, "libnative.so", source, flags);
        Directory.CreateDirectory(Path.Combine(_folder.Path, place));
        string debug = Path.Combine(_folder.Path, place, "libnative.debug");
        Toolchain.Run("objcopy", "--only-keep-debug", library, debug);
        Toolchain.Run("objcopy", "--strip-debug", $"--add-gnu-debuglink={debug}", library);
        if (more.Length > 0)
        {
            string other = Toolchain.Compile(_folder.Path, "other.so", source + more, flags);
            Toolchain.Run("objcopy", "--only-keep-debug", other, debug);
        }

        return Target.Start(InterpreterSet.Any, "native.py", new() { Arguments = [library, "tail", "3"] });
    }
}
