using System;
using System.IO;
using System.Linq;
using System.Text;
using PyStack.Engine.Capture;
using PyStack.Engine.Discovery;
using PyStack.Engine.Native;
using PyStack.Engine.Primitives;
using PyStack.Engine.Sessions;
using PyStack.Engine.Targets.Core;
using PyStack.Engine.Targets.Live.Procfs;
using PyStack.Engine.Tests.Elf;
using PyStack.TestSupport;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Sessions;

/// <summary>A file name is any bytes but zero and '/': the program, its source and a library are found by such names, alive and in a core.</summary>
public sealed class BytePathTests : IDisposable
{
    private const int Abort = 6;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => Toolchain.Run("rm", "-rf", _folder.Path);

    [Theory]
    [InlineData("caf\\xe9 \\xff\\x80")]
    [InlineData("back\\\\012slash")]
    [InlineData("new\\x0aline")]
    [InlineData("both\\x0aof\\\\012them")]
    [InlineData("octal\\\\134 and\\x09tab")]
    [InlineData("file (deleted)")]
    [InlineData("\\xc3\\xa9\\xed\\xa0\\x80")]
    public void Sources_and_libraries_are_found_alive_and_in_a_core(string escaped)
    {
        byte[] name = Bytes(escaped);
        string library = Toolchain.Compile(
            _folder.Path, "libnative.so", File.ReadAllText(Programs.PathOf("native.c")), "-shared", "-fPIC", "-O2", "-g", "-pthread", "-Wl,--build-id");
        using Target target = Target.StartSilent(
            InterpreterSet.Any with { Command = ["/bin/sh", "-c", "ulimit -c unlimited && exec \"$@\"", "sh", .. InterpreterSet.Any.Command] }, "byte_paths.py", new() { Arguments = [_folder.Path, Convert.ToHexString(name), library], WorkingDirectory = _folder.Path });
        Assert.Equal("ready", target.ReadLine());

        using (StackSession session = StackSession.OpenProcess(
            target.ProcessId, Captures.Blocking with { Native = NativeMode.Merged }, SilentLog.Instance, TestContext.Current.CancellationToken))
        {
            AssertFound(session.Capture(TestContext.Current.CancellationToken), name);
        }

        PythonProcess process = new PythonProcesses(SilentLog.Instance).Get(target.ProcessId);
        Assert.Equal(Place(name, "python-"), PathText.Encode(process.Program + (escaped.EndsWith(" (deleted)", StringComparison.Ordinal) ? " (deleted)" : "")));

        string pattern = File.ReadAllText("/proc/sys/kernel/core_pattern").Trim();
        Assert.SkipWhen(pattern.Contains('/', StringComparison.Ordinal) || pattern.Contains('|', StringComparison.Ordinal), $"cores go to {pattern}");
        Signals.Send(target.ProcessId, Abort);
        Wait.Until(() => target.HasExited, "it does not end");
        AssertFoundInCore(Directory.GetFiles(_folder.Path, pattern + "*").Single(), name);
    }

    [Fact]
    public void What_maps_do_not_tell_the_links_of_the_mappings_do()
    {
        const string Line = "7f0000000000-7f0000001000 r-xp 00000000 08:01 42 /tmp/a\\012b";

        // Nobody can be asked: the kernel would have written a line feed so.
        Assert.True(MapsParser.TryParseLine(Encoding.ASCII.GetBytes(Line), "", folder: null, out Engine.Targets.MemoryRegion? region));
        Assert.Equal("/tmp/a\nb", region!.Path);

        string folder = Directory.CreateDirectory(Path.Combine(_folder.Path, "map_files")).FullName;
        Toolchain.Run("ln", "-s", "/tmp/a\\012b", Path.Combine(folder, "7f0000000000-7f0000001000"));
        Assert.True(MapsParser.TryParseLine(Encoding.ASCII.GetBytes(Line), "", _folder.Path, out region));
        Assert.Equal("/tmp/a\\012b", region!.Path);

        Toolchain.Run("ln", "-sf", "/tmp/of another mapping", Path.Combine(folder, "7f0000000000-7f0000001000"));
        Assert.True(MapsParser.TryParseLine(Encoding.ASCII.GetBytes(Line), "", _folder.Path, out region));
        Assert.Equal("/tmp/a\nb", region!.Path);
    }

    [Fact]
    public void A_name_of_gcore_may_have_line_feeds_beside_the_text_that_stands_for_them()
    {
        Assert.Equal(
            ["a\nb\nc", "a\nb\\012c", "a\\012b\nc"],
            CoreFiles.WithLineFeeds("a\\012b\\012c").Take(3));
        Assert.Equal(["/usr/lib/libc.so.6"], CoreFiles.WithLineFeeds("/usr/lib/libc.so.6"));
        Assert.InRange(CoreFiles.WithLineFeeds(string.Concat(Enumerable.Repeat("\\012", 1000))).Count, 1, 16);
    }

    [Fact]
    public void A_name_as_Get_ChildItem_lists_it_leads_to_the_file_if_it_is_the_only_one()
    {
        Toolchain.Run("bash", "-c", $"mkdir $'{_folder.Path}/a\\xff'; touch $'{_folder.Path}/a\\xff/core \\xe9' $'{_folder.Path}/a\\xff/core A'");
        string listed = Path.Combine(_folder.Path, "a\ufffd", "core \ufffd");

        Assert.Equal([.. Encoding.UTF8.GetBytes(_folder.Path), .. Bytes("/a\\xff/core \\xe9")], PathText.Encode(LossyPath.Resolve(listed)));

        Toolchain.Run("bash", "-c", $"touch $'{_folder.Path}/a\\xff/core \\xea'");
        Assert.Equal(listed, LossyPath.Resolve(listed));
    }

    [Fact]
    public void A_link_is_read_byte_for_byte()
    {
        Toolchain.Run("bash", "-c", $"ln -s $'/tmp/\\xff\\n\\\\012' '{_folder.Path}/link'");

        Assert.Equal(0, LinkCalls.Read(Path.Combine(_folder.Path, "link"), out string target));
        Assert.Equal(Bytes("/tmp/\\xff\\x0a\\\\012"), PathText.Encode(target));
    }

    private void AssertFoundInCore(string core, byte[] name)
    {
        // The core itself has such a name, too.
        string moved = PathText.Decode([.. Encoding.UTF8.GetBytes(_folder.Path + "/core of "), .. name]);
        Toolchain.Run("bash", "-c", $"mv '{core}' $'{string.Concat(PathText.Encode(moved).Select(one => $"\\x{one:x2}"))}'");
        using StackSession session = StackSession.OpenCore(
            moved, new CoreSearch(), Captures.Blocking with { Native = NativeMode.Merged }, SilentLog.Instance, TestContext.Current.CancellationToken);
        AssertFound(session.Capture(TestContext.Current.CancellationToken), name);
        PyCore told = CoreSummary.Describe(moved, new CoreSearch(), Limits.Default, SilentLog.Instance, TestContext.Current.CancellationToken);
        Assert.Equal(Escaped(Place(name, "python-")), told.Executable);
        Assert.All(told.Files, file => Assert.True(file.IsFound, file.Path));
    }

    private void AssertFound(PyThread[] threads, byte[] name)
    {
        PyFrameList frames = threads.Single().Frames;
        PyFrame python = frames.Single(frame => frame.Function == "leave");
        Assert.Equal(Escaped([.. Place(name, ""), .. ".py"u8]), python.File);
        Assert.Equal("    ctypes.CDLL(sys.argv[1]).tail(CALLBACK(called), 3)  # the line", python.SourceLine);

        // Its line is in the library's file alone.
        PyFrame[] natives = [.. frames.Where(frame => frame is { Kind: PyFrameKind.Native, Function: "descend", Line: > 0 })];
        Assert.NotEmpty(natives);
    }

    // As the objects have it: a byte that is not UTF-8 is written out.
    private static string Escaped(byte[] path) => string.Concat(PathText.Decode(path).Select(one => one is >= '\udc80' and <= '\udcff' ? $"\\x{one & 0xff:x2}" : one.ToString()));

    private byte[] Place(byte[] name, string prefix) => [.. Encoding.UTF8.GetBytes(_folder.Path + "/"), .. name, .. Encoding.UTF8.GetBytes("/" + prefix), .. name];

    private static byte[] Bytes(string escaped)
        => [.. Encoding.Latin1.GetBytes(System.Text.RegularExpressions.Regex.Unescape(escaped))];
}
