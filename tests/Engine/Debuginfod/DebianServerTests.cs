using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using PyStack.Engine.Capture;
using PyStack.Engine.Debuginfod;
using PyStack.Engine.Sessions;
using PyStack.Engine.Targets.Core;
using PyStack.Engine.Tests.Elf;
using PyStack.Engine.Tests.Sessions;
using PyStack.TestSupport;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Debuginfod;

/// <summary>What elfutils' own server has of the files that are missing here.</summary>
public sealed class DebianServerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly RecordedTalk _talk = new();

    private string Cache => Path.Combine(_folder.Path, "cache");

    public void Dispose() => _folder.Dispose();

    /// <summary>And both clients find in the cache what the other has fetched.</summary>
    [Fact]
    public void Native_frames_get_their_lines_and_inlined_calls_from_it()
    {
        string library = Stripped(out string served, out string buildId);
        using Target target = Target.Start(InterpreterSet.Any, "native.py", new() { Arguments = [library, "tail", "3"] });
        using DebianServer server = DebianServer.Start(served, $"{buildId}/debuginfo");

        Assert.DoesNotContain(Frames(target, null), frame => frame.File is not null);
        PyFrame[] frames = Frames(target, server.Address);

        Assert.Contains(frames, frame => frame is { Function: "descend", Line: > 0 } && frame.File!.EndsWith("libnative.so.c", StringComparison.Ordinal));
        Assert.Contains(frames, frame => frame is { Function: "innermost", IsInlined: true });
        string kept = Path.Combine(Cache, buildId, "debuginfo");
        Assert.Equal(File.ReadAllBytes(Path.Combine(served, "libnative.debug")), File.ReadAllBytes(kept));
        Assert.Contains(_talk.Verboses, text => text.Contains(server.Address, StringComparison.Ordinal) && text.Contains($"build-id {buildId}", StringComparison.Ordinal) && text.Contains(kept, StringComparison.Ordinal));
        Assert.Contains(_talk.Steps, text => text.Contains("libnative.so", StringComparison.Ordinal));

        // Theirs, with a server that is down.
        Assert.Equal(kept, Elfutils($"http://127.0.0.1:{DebianServer.FreePort()}", Cache, "debuginfo", buildId));
        string theirs = Path.Combine(_folder.Path, "theirs");
        string fetched = Elfutils(server.Address, theirs, "debuginfo", buildId);
        string source = Path.Combine(_folder.Path, "libnative.so.c");
        string fetchedSource = Elfutils(server.Address, theirs, "source", buildId, source);
        DebuginfodClient ours = DebuginfodClientTests.ClientOf($"http://127.0.0.1:{DebianServer.FreePort()}", theirs);
        Assert.Equal(fetched, ours.Find(buildId, DebuginfodKind.DebugInformation, "libnative.so", _talk, TestContext.Current.CancellationToken));
        Assert.Equal(fetchedSource, ours.Find(buildId, DebuginfodKind.Source, "libnative.so", _talk, TestContext.Current.CancellationToken, source));
    }

    /// <summary>The core of another machine, of which there is no file here: the interpreter and all libraries come from the server.</summary>
    [Fact]
    public void A_core_gets_its_program_and_libraries_from_it()
    {
        string folder = CoreFixture.Unpack(_folder);
        string nowhere = Directory.CreateDirectory(Path.Combine(_folder.Path, "nowhere")).FullName;
        string root = Path.Combine(folder, "root");
        using DebianServer server = DebianServer.Start(root, [.. Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories).Select(file => DebuginfodClientTests.BuildIdOf(file) + "/executable")]);
        DebuginfodClient client = Client(server.Address);
        CoreSearch search = new(Root: nowhere) { Servers = client };
        using StackSession session = StackSession.OpenCore(
            Path.Combine(folder, "core"), search, Captures.Blocking with { Native = NativeMode.Merged, Servers = client }, _talk, TestContext.Current.CancellationToken);

        PyThread[] threads = session.Take();

        Assert.Equal(CoreFixture.Expected, threads.Select(CoreFixture.Functions));
        Assert.All(threads, thread => Assert.True(thread.IsMerged, string.Join(' ', thread.Warnings)));
        Assert.Empty(_talk.Warnings);
        Assert.Contains(_talk.Verboses, text => text.StartsWith("/usr/bin/python3.11 (build-id ", StringComparison.Ordinal) && text.Contains(" sent ", StringComparison.Ordinal));
    }

    /// <summary>A server may take as long as it likes: nothing of the target is stopped meanwhile.</summary>
    [Fact]
    public void The_target_is_not_stopped_while_a_server_is_asked()
    {
        string library = Toolchain.Compile(_folder.Path, "native_shares.so", File.ReadAllText(Programs.PathOf("native_shares.c")), "-shared", "-fPIC", "-fno-optimize-sibling-calls", "-Wl,--build-id");
        using Target target = Target.StartSilent(InterpreterSet.Any, "native_shares.py", new() { Arguments = [library] });
        Assert.Equal("ready", target.ReadLine());
        string[] tracers = [];
        using ScriptedServer server = new((_, _, _) =>
        {
            tracers = [.. tracers, .. Directory.EnumerateDirectories($"/proc/{target.ProcessId}/task").Select(task => File.ReadLines(task + "/status").First(line => line.StartsWith("TracerPid:", StringComparison.Ordinal)))];
            return Task.CompletedTask;
        });

        PyThread[] threads = Captures.Once(target, Captures.Native with { Servers = Client(server.Address) });

        Assert.NotEqual(0, threads[0].StoppedThreads);
        Assert.NotEmpty(tracers);
        Assert.All(tracers, tracer => Assert.Equal("TracerPid:\t0", tracer));
    }

    /// <summary>The C file that Cython wrote is where the debug information on the server says, and nowhere else; what the library itself says is not asked for.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Lines_of_Cython_come_by_its_C_file_if_the_server_has_named_it(bool isStripped)
    {
        const string Source = """
            typedef int (*callback)(int);
            static volatile int sink;
            /* "shop.pyx":7
             * text
             */
            __attribute__((noinline)) int __pyx_f_4shop_sell(callback call, int n)
            {
              /* "shop.pyx":9
               * text
               */
              int result = call(n);
              sink = result;
              return result;
            }
            int sell(callback call, int n) { int result = __pyx_f_4shop_sell(call, n); sink = n; return result; }
            """;
        string library = Toolchain.Compile(_folder.Path, "shop.so", Source, "-shared", "-fPIC", "-g", "-Wl,--build-id");
        string buildId = DebuginfodClientTests.BuildIdOf(library);
        byte[] debug = File.ReadAllBytes(library);
        string file = library + ".c";
        byte[] text = File.ReadAllBytes(file);
        File.Delete(file);
        if (isStripped)
        {
            Toolchain.Run("strip", "--strip-debug", library);
        }

        using Target target = Target.Start(InterpreterSet.Any, "native.py", new() { Arguments = [library, "sell", "3"] });
        using ScriptedServer server = new((request, stream, end) => ScriptedServer.SendFile(
            stream, request.StartsWith($"GET /buildid/{buildId}/debuginfo ", StringComparison.Ordinal) ? debug : request.StartsWith($"GET /buildid/{buildId}/source{file} ", StringComparison.Ordinal) ? text : null, end));

        PyFrame frame = Captures.Once(target, Captures.Native with { Servers = Client(server.Address) })[0].Frames.Single(frame => frame.Function == "shop.sell");

        Assert.Equal(isStripped ? ("shop.pyx", 9) : (file, 11), (frame.File, frame.Line!.Value));
        Assert.Equal(isStripped, server.Requests.Any(request => request.Contains("/source/", StringComparison.Ordinal)));
    }

    private PyFrame[] Frames(Target target, string? address)
    {
        StackOptions options = Captures.Native with { Servers = address is null ? null : Client(address) };
        using StackSession session = StackSession.OpenProcess(target.ProcessId, options, _talk, TestContext.Current.CancellationToken);
        return [.. session.Take().SelectMany(thread => thread.Frames).Where(frame => frame.Library?.EndsWith("libnative.so", StringComparison.Ordinal) == true)];
    }

    private DebuginfodClient Client(string address) => DebuginfodClientTests.ClientOf(address, Cache, ("DEBUGINFOD_TIMEOUT", "60"), ("DEBUGINFOD_MAXSIZE", "0"));

    // Its exported functions keep their names; where it is not stripped the address of its source is in it.
    private string Stripped(out string served, out string buildId)
    {
        string library = Toolchain.Compile(
            _folder.Path, "libnative.so", File.ReadAllText(Programs.PathOf("native.c")), "-shared", "-fPIC", "-O2", "-g", "-pthread", "-Wl,--build-id");
        served = Directory.CreateDirectory(Path.Combine(_folder.Path, "served")).FullName;
        Toolchain.Run("objcopy", "--only-keep-debug", library, Path.Combine(served, "libnative.debug"));
        Toolchain.Run("strip", "--strip-all", library);
        buildId = DebuginfodClientTests.BuildIdOf(library);
        return library;
    }

    // What elfutils' own client prints: the place of the file.
    private static string Elfutils(string address, string cache, params string[] arguments)
    {
        ProcessStartInfo start = new("debuginfod-find", arguments) { RedirectStandardOutput = true };
        start.Environment["DEBUGINFOD_URLS"] = address;
        start.Environment["DEBUGINFOD_CACHE_PATH"] = cache;
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd().Trim();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"debuginfod-find {string.Join(' ', arguments)} failed");
        return output;
    }
}
