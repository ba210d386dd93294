using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using PyStack.Engine.Capture.NativeStacks;
using PyStack.Engine.Primitives;
using PyStack.Engine.Symbols;
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

    [Theory]
    [InlineData("zlib")]
    [InlineData("zlib-gnu")]
    [InlineData("zstd")]
    public void Compressed_sections_are_unpacked(string format)
    {
        string library = Toolchain.Compile(_folder.Path, "libnative.so", File.ReadAllText(Programs.PathOf("native.c")), "-shared", "-fPIC", "-O2", "-g", "-pthread");
        Toolchain.Run("objcopy", $"--compress-debug-sections={format}", library);
        using Target target = Target.Start(InterpreterSet.Any, "native.py", new() { Arguments = [library, "tail", "3"] });

        NativeFrame[] frames = Frames(target);

        Assert.Contains(frames, frame => frame is { Function: "descend", Line: > 0 } && frame.File!.EndsWith("libnative.so.c", StringComparison.Ordinal));
        Assert.Contains(frames, frame => frame is { Function: "innermost", IsInlined: true });
    }

    [Fact]
    public void What_dwz_moved_to_an_alternate_file_is_followed()
    {
        Assert.SkipUnless(RuntimeInformation.ProcessArchitecture == Architecture.X64, "the fixture is a library for x86-64");
        string fixture = Path.Combine(Repository.Root, "tests", "Engine", "Fixtures", "dwz");
        string library = Path.Combine(_folder.Path, "libnative.so");
        File.Copy(Path.Combine(fixture, "libnative.so"), library);
        // Of a file with a build-id what was found first is kept: the second time it is another file.
        string withCommon = Directory.CreateDirectory(Path.Combine(_folder.Path, "with-common")).FullName;
        string another = Path.Combine(withCommon, "libnative.so");
        File.Copy(Path.Combine(fixture, "libnative.so"), another);
        using (Target target = Target.Start(InterpreterSet.Any, "native.py", new() { Arguments = [library, "tail", "3"] }))
        {
            Assert.DoesNotContain(Frames(target), frame => frame.Function == "innermost");
        }

        File.Copy(Path.Combine(fixture, "common.debug"), Path.Combine(withCommon, "common.debug"));
        using Target again = Target.Start(InterpreterSet.Any, "native.py", new() { Arguments = [another, "tail", "3"] });

        Assert.Contains(Frames(again), frame => frame is { Function: "innermost", IsInlined: true, Line: > 0 } && frame.File!.EndsWith("native.c", StringComparison.Ordinal));
    }

    /// <summary>The names themselves are in the alternate file: by its name beside the library, and only if its build-id is the one that the library has noted.</summary>
    [Theory]
    [InlineData("as it is", true)]
    [InlineData("missing", false)]
    [InlineData("of another build", false)]
    public void Names_come_from_the_alternate_file_that_gnu_debugaltlink_names(string alternate, bool isFound)
    {
        Assert.SkipUnless(RuntimeInformation.ProcessArchitecture == Architecture.X64, "the fixture is a library for x86-64");
        string fixture = Path.Combine(Repository.Root, "tests", "Engine", "Fixtures", "dwz");
        string library = Path.Combine(_folder.Path, "libnative.so");
        File.Copy(Path.Combine(fixture, "libnative.so"), library);
        byte[] common = File.ReadAllBytes(Path.Combine(fixture, "common.debug"));
        if (alternate != "missing")
        {
            byte[] noted = Convert.FromHexString(Toolchain.Run("readelf", "-n", Path.Combine(fixture, "common.debug")).Split("Build ID: ")[1].Split('\n')[0].Trim());
            common[common.AsSpan().IndexOf(noted)] ^= alternate == "of another build" ? (byte)1 : (byte)0;
            File.WriteAllBytes(Path.Combine(_folder.Path, "common.debug"), common);
        }

        // The function that is inlined into it has its name in the alternate file alone.
        string[] functions = DebugBombTests.FunctionsOf(library, "inlining");

        Assert.Contains("inlining", functions);
        Assert.Equal(isFound, functions.Contains("innermost"));
    }

    [Fact]
    public void The_symbols_of_gnu_debugdata_name_what_dynsym_does_not()
    {
        string library = Toolchain.Compile(
            _folder.Path, "libnative.so", File.ReadAllText(Programs.PathOf("native.c")), "-shared", "-fPIC", "-O2", "-fvisibility=hidden", "-pthread");
        string mini = Path.Combine(_folder.Path, "mini");
        Toolchain.Run("objcopy", "--strip-debug", library, mini);
        Toolchain.Run("xz", "-k", mini);
        Toolchain.Run("strip", "--strip-all", library);
        string named = Path.Combine(_folder.Path, "libnamed.so");
        Toolchain.Run("objcopy", $"--add-section=.gnu_debugdata={mini}.xz", library, named);

        Assert.Null(NameAt(library, mini));
        Assert.Equal("descend", NameAt(named, mini));
    }

    // The name that a library has for the address at which another one has descend.
    private static string? NameAt(string library, string symbols)
    {
        string line = Toolchain.Run("nm", symbols).Split('\n').Single(line => line.EndsWith(" descend", StringComparison.Ordinal));
        ulong address = ulong.Parse(line.Split(' ')[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        using OpenImage image = new(library);
        BinaryBudget budget = BinaryBudget.Of(Limits.Default);
        using MiniDebugInfo? mini = MiniDebugInfo.TryOpen(image.Image.Sections, image.File, Limits.Default, budget, out MiniDebugInfo? found) ? found : null;
        return FunctionTable.Read([image.Image.Sections, mini?.Sections], Limits.Default, budget).TryFind(address, out string name) ? name : null;
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
