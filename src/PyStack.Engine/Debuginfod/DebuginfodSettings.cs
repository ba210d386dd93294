using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Debuginfod;

/// <summary>
/// What the user's environment says about debuginfod servers, with the variables of elfutils' clients (debuginfod_find_debuginfo(3), "ENVIRONMENT VARIABLES"). Without
/// <c>DEBUGINFOD_URLS</c> no server is asked: this program has no address of its own.
/// </summary>
internal sealed record DebuginfodSettings
{
    /// <summary>elfutils' default: a server that does not send 100 KB within it is given up.</summary>
    private const int UsualTimeout = 90;

    /// <summary>The servers in the order in which they are asked.</summary>
    public required IReadOnlyList<Uri> Servers { get; init; }

    /// <summary>Words of <c>DEBUGINFOD_URLS</c> that are not addresses of http or https.</summary>
    public required IReadOnlyList<string> Unusable { get; init; }

    /// <summary>The folder of the files that were fetched, which elfutils' clients share.</summary>
    public required string CacheFolder { get; init; }

    /// <summary>How long a server may take for each 100 KB.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>How long a whole file may take.</summary>
    public required TimeSpan MaxTime { get; init; }

    /// <summary>Bytes of one file.</summary>
    public required long MaxBytes { get; init; }

    /// <summary>The settings; null where no server is named.</summary>
    /// <param name="variable">Reads a variable of the environment.</param>
    public static DebuginfodSettings? Read(Func<string, string?> variable, Limits limits)
    {
        List<Uri> servers = [];
        List<string> unusable = [];
        foreach (string word in (variable("DEBUGINFOD_URLS") ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            if (Uri.TryCreate(word.TrimEnd('/') + "/", UriKind.Absolute, out Uri? server) && (server.Scheme == Uri.UriSchemeHttp || server.Scheme == Uri.UriSchemeHttps))
            {
                servers.Add(server);
            }
            else if (!word.StartsWith("ima:", StringComparison.Ordinal))
            {
                unusable.Add(word);
            }
        }

        if (servers.Count == 0 && unusable.Count == 0)
        {
            return null;
        }

        TimeSpan maxTime = Seconds(variable("DEBUGINFOD_MAXTIME"), 0, limits.DownloadTime);
        return new DebuginfodSettings
        {
            Servers = servers,
            Unusable = unusable,
            CacheFolder = FindCache(variable),
            MaxTime = maxTime,
            Timeout = Seconds(variable("DEBUGINFOD_TIMEOUT"), UsualTimeout, maxTime),
            MaxBytes = Number(variable("DEBUGINFOD_MAXSIZE"), 0) is > 0 and var most && most < limits.DownloadBytes ? most : limits.DownloadBytes,
        };
    }

    // Zero is no limit there; here it is ours, since nothing waits without an end.
    private static TimeSpan Seconds(string? text, long usual, TimeSpan most)
        => Number(text, usual) is > 0 and var seconds && seconds < most.TotalSeconds ? TimeSpan.FromSeconds(seconds) : most;

    private static long Number(string? text, long usual) => long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out long number) ? number : usual;

    private static string FindCache(Func<string, string?> variable)
    {
        if (variable("DEBUGINFOD_CACHE_PATH") is { Length: > 0 } named)
        {
            return Path.GetFullPath(named);
        }

        // The first was elfutils' before 0.181, and is used where it exists.
        string home = variable("HOME") is { Length: > 0 } own ? own : "/";
        string old = Path.GetFullPath(Path.Combine(home, ".debuginfod_client_cache"));
        return Directory.Exists(old) ? old
            : Path.GetFullPath(Path.Combine(variable("XDG_CACHE_HOME") is { Length: > 0 } folder ? folder : Path.Combine(home, ".cache"), "debuginfod_client"));
    }
}
