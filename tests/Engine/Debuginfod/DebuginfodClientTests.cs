using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PyStack.Engine.Debuginfod;
using PyStack.Engine.Primitives;
using PyStack.Engine.Tests.Elf;
using PyStack.TestSupport;
using Xunit;

namespace PyStack.Engine.Tests.Debuginfod;

/// <summary>Servers that are slow, lie, send too much or are down, and the cache.</summary>
public sealed class DebuginfodClientTests : IDisposable
{
    private const string BuildId = "0123456789abcdef0123456789abcdef01234567";
    private const string Other = "76543210fedcba9876543210fedcba9876543210";

    private readonly TemporaryFolder _folder = new();
    private readonly RecordedTalk _talk = new();

    private string Cache => Path.Combine(_folder.Path, "cache");

    public void Dispose() => _folder.Dispose();

    /// <summary>What each of them does, and what is said of it.</summary>
    public static TheoryData<string, string> Hostile() => new()
    {
        { "another build", "sent a file that has build-id" },
        { "no ELF file", "which is not used" },
        { "nothing", "sent an empty file" },
        { "endless", "larger than 1000000 bytes (DEBUGINFOD_MAXSIZE)" },
        { "promises too much", "larger than 1000000 bytes (DEBUGINFOD_MAXSIZE)" },
        { "too large, it says", "larger than may be fetched (DEBUGINFOD_MAXSIZE)" },
        { "redirect to a file", "sends to file:///etc/passwd, which is not followed" },
        { "redirect to itself", "sends on more than 5 times" },
        { "redirect to nowhere", "sends to http://, which is not followed" },
        { "silent", "did not send 100 KB within 1 s (DEBUGINFOD_TIMEOUT)" },
        { "silent after its head", "did not send 100 KB within 1 s (DEBUGINFOD_TIMEOUT)" },
        { "dripping", "did not send 100 KB within 1 s (DEBUGINFOD_TIMEOUT)" },
        { "slow to the end", "did not send the file within 1 s (DEBUGINFOD_MAXTIME)" },
        { "breaks off", "did not answer as a debuginfod server" },
        { "no HTTP", "did not answer as a debuginfod server" },
        { "compressed", "sent a compressed file" },
        { "broken", "answered with status 500" },
        { "down", "did not answer as a debuginfod server" },
    };

    [Theory]
    [MemberData(nameof(Hostile))]
    public void Of_a_server_that_fails_a_warning_says_how_and_nothing_is_kept(string how, string said)
    {
        using ScriptedServer server = new((_, stream, end) => Misbehave(how, stream, end));
        string address = how == "down" ? $"http://127.0.0.1:{DebianServer.FreePort()}" : server.Address;
        DebuginfodClient client = Client(address, how == "slow to the end" ? [("DEBUGINFOD_TIMEOUT", "60"), ("DEBUGINFOD_MAXTIME", "1")] : []);

        Assert.Null(Find(client, BuildId));
        int asked = server.Requests.Length;
        bool isTooLarge = said.Contains("MAXSIZE", StringComparison.Ordinal);
        Assert.Null(Find(client, Other));

        Assert.Contains(said, _talk.Warnings[0], StringComparison.Ordinal);
        Assert.Contains($"{address}/", _talk.Warnings[0], StringComparison.Ordinal);

        // It is not asked again, unless it only has more than is wanted.
        Assert.Equal(isTooLarge, _talk.Warnings.Count > 1);
        Assert.Equal(isTooLarge, server.Requests.Length > asked);
        Assert.Empty(Directory.EnumerateFiles(Cache, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public void What_no_server_has_is_noted_as_elfutils_does_and_not_asked_for_again()
    {
        using ScriptedServer first = new("HTTP/1.1 404 Not Found\nContent-Length: 0");
        using ScriptedServer second = new("HTTP/1.1 404 Not Found\nContent-Length: 0");
        string servers = $"{first.Address} {second.Address}";

        Assert.Null(Find(Client(servers), BuildId));
        Assert.Null(Find(Client(servers), BuildId));

        Assert.Empty(_talk.Warnings);
        Assert.Equal((1, 1), (first.Requests.Length, second.Requests.Length));
        Assert.Equal(0, new FileInfo(Path.Combine(Cache, BuildId, "debuginfo")).Length);

        // The control file of elfutils' clients: forget it at once.
        File.WriteAllText(Path.Combine(Cache, "cache_miss_s"), "0");
        File.SetLastWriteTimeUtc(Path.Combine(Cache, BuildId, "debuginfo"), DateTime.UtcNow.AddSeconds(-2));
        Assert.Null(Find(Client(servers), BuildId));
        Assert.Equal(2, first.Requests.Length);
    }

    [Fact]
    public void A_server_that_fails_is_no_reason_to_note_that_there_is_nothing()
    {
        using ScriptedServer first = new("HTTP/1.1 404 Not Found\nContent-Length: 0");
        using ScriptedServer second = new("HTTP/1.1 503 Service Unavailable\nContent-Length: 0");

        Assert.Null(Find(Client($"{first.Address} {second.Address}"), BuildId));
        Assert.Null(Find(Client(first.Address), BuildId));

        Assert.Equal(2, first.Requests.Length);
    }

    /// <summary>The next server has it; what is sent is the build-id and a few words that are the same for all. A password stays out of messages.</summary>
    [Fact]
    public void The_next_server_is_asked_and_nothing_but_the_build_id_is_sent()
    {
        (string library, string buildId) = Library();
        byte[] bytes = File.ReadAllBytes(library);
        using ScriptedServer empty = new("HTTP/1.1 404 Not Found\nContent-Length: 0");
        using ScriptedServer moved = new($"HTTP/1.1 200 OK\nContent-Length: {bytes.Length}", bytes);
        using ScriptedServer full = new($"HTTP/1.1 302 Found\nLocation: {moved.Address}/elsewhere\nContent-Length: 0");
        string withPassword = full.Address.Replace("//", "//anna:s3cret@", StringComparison.Ordinal);

        string? found = Find(Client($"{empty.Address}  {withPassword}/ ftp://127.0.0.1/"), buildId);

        Assert.Equal(Path.Combine(Cache, buildId, "debuginfo"), found);
        Assert.Equal(bytes, File.ReadAllBytes(found!));
        Assert.Equal(["DEBUGINFOD_URLS: ftp://127.0.0.1/ is not used: only addresses that begin with http:// or https:// are."], _talk.Warnings);
        Assert.Equal(
            ["", "", "GET /buildid/" + buildId + "/debuginfo HTTP/1.1", "Host", "User-Agent", "X-DEBUGINFOD-MAXSIZE"],
            empty.Requests[0].Split("\r\n").Select((line, number) => number == 0 ? line : line.Split(':')[0]).Order(StringComparer.Ordinal));
        Assert.Contains("Authorization: Basic YW5uYTpzM2NyZXQ=", full.Requests[0], StringComparison.Ordinal);
        Assert.DoesNotContain("Authorization", moved.Requests[0], StringComparison.Ordinal);
        Assert.DoesNotContain(_talk.Verboses.Concat(_talk.Steps), text => text.Contains("s3cret", StringComparison.Ordinal));
        Assert.Contains(_talk.Verboses, text => text.Contains($"{full.Address}/ sent {bytes.Length} bytes", StringComparison.Ordinal));
        Assert.Contains(_talk.Steps, text => text == $"Downloading debug information: libx.so: {empty.Address}/ is asked");
    }

    [Fact]
    public async Task Cancelling_ends_a_download_at_once_and_leaves_nothing()
    {
        TaskCompletionSource isAsked = new();
        using ScriptedServer server = new((_, _, end) =>
        {
            isAsked.SetResult();
            return Task.Delay(Timeout.Infinite, end);
        });
        DebuginfodClient client = Client(server.Address, ("DEBUGINFOD_TIMEOUT", "600"));
        using CancellationTokenSource stop = new();
        Task<string?> find = Task.Run(() => client.Find(BuildId, DebuginfodKind.DebugInformation, "libx.so", _talk, stop.Token), TestContext.Current.CancellationToken);

        await isAsked.Task;
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => find);
        Assert.Empty(Directory.EnumerateFiles(Cache, "*", SearchOption.AllDirectories));
    }

    [Theory]
    [InlineData("../../../../etc/passwd")]
    [InlineData("0123456789ABCDEF")]
    [InlineData("0123/../4567")]
    [InlineData("")]
    [InlineData("01")]
    [InlineData("long")]
    public void What_is_no_build_id_is_not_asked_for(string buildId)
    {
        using ScriptedServer server = new("HTTP/1.1 404 Not Found\nContent-Length: 0");

        Assert.Null(Find(Client(server.Address), buildId == "long" ? new string('a', 130) : buildId));

        Assert.Empty(server.Requests);
        Assert.False(Directory.Exists(Cache));
    }

    [Fact]
    public void A_cached_file_of_another_build_is_not_used_but_replaced()
    {
        (string library, string buildId) = Library();
        byte[] bytes = File.ReadAllBytes(library);
        _ = Directory.CreateDirectory(Path.Combine(Cache, buildId));
        File.WriteAllText(Path.Combine(Cache, buildId, "debuginfo"), "something else");
        using ScriptedServer server = new($"HTTP/1.1 200 OK\nContent-Length: {bytes.Length}", bytes);

        string? found = Find(Client(server.Address), buildId);

        Assert.Equal(bytes, File.ReadAllBytes(found!));
    }

    /// <summary>Root would write where they choose.</summary>
    [Fact]
    public void A_cache_that_others_can_change_is_not_used()
    {
        using ScriptedServer server = new("HTTP/1.1 404 Not Found\nContent-Length: 0");
        _ = Directory.CreateDirectory(Cache);
        File.SetUnixFileMode(Cache, (UnixFileMode)0b111_111_111);

        Assert.Null(Find(Client(server.Address), BuildId));

        Assert.Contains($"the cache {Cache} is not used: every user may write to {Cache}. Name another folder in DEBUGINFOD_CACHE_PATH.", Assert.Single(_talk.Warnings), StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public void Without_its_variable_no_server_is_asked() => Assert.Null(DebuginfodSettings.Read(_ => null, Limits.Default));

    /// <summary>debuginfod_find_debuginfo(3), and our own bounds for what is not bounded there.</summary>
    [Fact]
    public void The_variables_mean_what_they_mean_to_elfutils()
    {
        Assert.Equal("/c", Read(("DEBUGINFOD_CACHE_PATH", "/c"), ("XDG_CACHE_HOME", "/x"), ("HOME", _folder.Path)).CacheFolder);
        Assert.Equal("/x/debuginfod_client", Read(("XDG_CACHE_HOME", "/x"), ("HOME", _folder.Path)).CacheFolder);
        Assert.Equal($"{_folder.Path}/.cache/debuginfod_client", Read(("HOME", _folder.Path)).CacheFolder);
        _ = Directory.CreateDirectory(Path.Combine(_folder.Path, ".debuginfod_client_cache"));
        Assert.Equal($"{_folder.Path}/.debuginfod_client_cache", Read(("XDG_CACHE_HOME", "/x"), ("HOME", _folder.Path)).CacheFolder);
        DebuginfodSettings usual = Read();
        Assert.Equal((90, 600, 2L << 30), (usual.Timeout.TotalSeconds, usual.MaxTime.TotalSeconds, usual.MaxBytes));
        DebuginfodSettings own = Read(("DEBUGINFOD_TIMEOUT", "7"), ("DEBUGINFOD_MAXTIME", "20"), ("DEBUGINFOD_MAXSIZE", "5000"));
        Assert.Equal((7, 20, 5000), (own.Timeout.TotalSeconds, own.MaxTime.TotalSeconds, own.MaxBytes));
        DebuginfodSettings endless = Read(("DEBUGINFOD_TIMEOUT", "0"), ("DEBUGINFOD_MAXTIME", "0"), ("DEBUGINFOD_MAXSIZE", "0"));
        Assert.Equal((600, 600, 2L << 30), (endless.Timeout.TotalSeconds, endless.MaxTime.TotalSeconds, endless.MaxBytes));
    }

    private static DebuginfodSettings Read(params (string Name, string Value)[] variables)
        => DebuginfodSettings.Read(name => name == "DEBUGINFOD_URLS" ? "https://127.0.0.1" : variables.FirstOrDefault(variable => variable.Name == name).Value, Limits.Default)!;

    private DebuginfodClient Client(string servers, params (string Name, string Value)[] variables) => ClientOf(servers, Cache, variables);

    /// <summary>A client with short limits.</summary>
    internal static DebuginfodClient ClientOf(string servers, string cache, params (string Name, string Value)[] variables)
    {
        Dictionary<string, string> all = new()
        {
            ["DEBUGINFOD_URLS"] = servers, ["DEBUGINFOD_CACHE_PATH"] = cache, ["DEBUGINFOD_TIMEOUT"] = "1", ["DEBUGINFOD_MAXSIZE"] = "1000000",
        };
        foreach ((string name, string value) in variables)
        {
            all[name] = value;
        }

        return new DebuginfodClient(DebuginfodSettings.Read(name => all.GetValueOrDefault(name), Limits.Default)!, Limits.Default);
    }

    private string? Find(DebuginfodClient client, string buildId)
        => client.Find(buildId, DebuginfodKind.DebugInformation, "libx.so", _talk, TestContext.Current.CancellationToken);

    private static (string Path, string BuildId) Library()
    {
        string library = Toolchain.Shared("libx.so", "int x(void) { return 1; }", "-shared", "-fPIC", "-Wl,--build-id");
        return (library, BuildIdOf(library));
    }

    internal static string BuildIdOf(string file) => Toolchain.Run("readelf", "-n", file).Split("Build ID: ")[1].Split('\n')[0].Trim();

    private static async Task Misbehave(string how, Stream stream, CancellationToken end)
    {
        byte[] chunk = new byte[1 << 16];
        switch (how)
        {
            case "another build":
                byte[] library = await File.ReadAllBytesAsync(Library().Path, end);
                await Send("HTTP/1.1 200 OK\nContent-Length: " + library.Length);
                await stream.WriteAsync(library, end);
                break;
            case "no ELF file":
                await Send("HTTP/1.1 200 OK\nContent-Length: 5", "hello");
                break;
            case "nothing":
                await Send("HTTP/1.1 200 OK\nContent-Length: 0");
                break;
            case "endless":
                await Send("HTTP/1.1 200 OK");
                while (true)
                {
                    await stream.WriteAsync(chunk, end);
                }

            case "promises too much":
                await Send("HTTP/1.1 200 OK\nContent-Length: 10000000000");
                await Task.Delay(Timeout.Infinite, end);
                break;
            case "too large, it says":
                await Send("HTTP/1.1 406 Not Acceptable\nContent-Length: 0");
                break;
            case "redirect to a file":
                await Send("HTTP/1.1 302 Found\nLocation: file:///etc/passwd\nContent-Length: 0");
                break;
            case "redirect to itself":
                await Send("HTTP/1.1 302 Found\nLocation: again\nContent-Length: 0");
                break;
            case "redirect to nowhere":
                await Send("HTTP/1.1 302 Found\nLocation: http://\nContent-Length: 0");
                break;
            case "silent":
                await Task.Delay(Timeout.Infinite, end);
                break;
            case "silent after its head":
                await Send("HTTP/1.1 200 OK\nContent-Length: 1000");
                await Task.Delay(Timeout.Infinite, end);
                break;
            case "dripping":
                await Send("HTTP/1.1 200 OK");
                while (true)
                {
                    await stream.WriteAsync(chunk.AsMemory(0, 1), end);
                    await Task.Delay(20, end);
                }

            case "slow to the end":
                await Send("HTTP/1.1 200 OK");
                while (true)
                {
                    await stream.WriteAsync(chunk.AsMemory(0, 1), end);
                    await Task.Delay(20, end);
                }

            case "breaks off":
                await Send("HTTP/1.1 200 OK\nContent-Length: 1000", "1234");
                break;
            case "no HTTP":
                await Send("SSH-2.0-OpenSSH_9.2");
                break;
            case "compressed":
                await Send("HTTP/1.1 200 OK\nContent-Encoding: gzip\nContent-Length: 5", "hello");
                break;
            case "broken":
                await Send("HTTP/1.1 500 Internal Server Error\nContent-Length: 0");
                break;
            default:
                throw new UnreachableException(how);
        }

        async Task Send(string head, string body = "") => await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes(head.ReplaceLineEndings("\r\n") + "\r\n\r\n" + body), end);
    }
}
