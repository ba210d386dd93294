using System;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Threading;
using PyStack.Engine.Elf;
using PyStack.Engine.Native;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Debuginfod;

/// <summary>
/// Gets files by their build-ids: from the cache, else from the servers that the user has named in <c>DEBUGINFOD_URLS</c>. Of a target nothing but a build-id is sent. It is for one call of a
/// command; a server that fails is not asked again in it. Never to be used while a target is stopped.
/// </summary>
internal sealed class DebuginfodClient(DebuginfodSettings settings, Limits limits)
{
    private const string Activity = "Downloading debug information";

    /// <summary>elfutils' MAX_BUILD_ID_BYTES, as digits.</summary>
    private const int LongestBuildId = 128;

    /// <summary>Between two steps of progress that are shown.</summary>
    private static readonly TimeSpan ProgressEvery = TimeSpan.FromMilliseconds(200);

    private static long _lastNumber;

    private readonly DebuginfodCache _cache = new(settings.CacheFolder);
    private readonly ConcurrentDictionary<string, string?> _answers = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _warned = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Uri, bool> _failed = new();
    private int _requests;

    /// <summary>Tells clients apart: what one has not found another may find.</summary>
    public long Number { get; } = Interlocked.Increment(ref _lastNumber);

    /// <summary>A client of the user's servers; null where the user has named none.</summary>
    public static DebuginfodClient? FromEnvironment()
        => DebuginfodSettings.Read(Environment.GetEnvironmentVariable, Limits.Default) is DebuginfodSettings settings ? new DebuginfodClient(settings, Limits.Default) : null;

    /// <summary>The path of a file of a build; null where it cannot be had.</summary>
    /// <param name="buildId">Hexadecimal digits; anything else is not asked for.</param>
    /// <param name="name">What it is of, for messages.</param>
    /// <param name="source">Of a source file the absolute path that debug information from a trusted place has for it.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public string? Find(string buildId, DebuginfodKind kind, string name, IEngineLog log, CancellationToken cancellation, string? source = null)
    {
        if (!IsBuildId(buildId) || (kind == DebuginfodKind.Source && source?.StartsWith('/') != true) || _cache.PlaceOf(buildId, kind, source) is not string place)
        {
            return null;
        }

        if (!_answers.TryGetValue(place, out string? answer))
        {
            answer = FindOnce(new Wanted(buildId, kind, name, source, place), log, cancellation);
            _answers[place] = answer;
        }

        return answer;
    }

    private string? FindOnce(Wanted wanted, IEngineLog log, CancellationToken cancellation)
    {
        foreach (string word in settings.Unusable)
        {
            Warn(log, $"DEBUGINFOD_URLS: {WithoutPassword(word)} is not used: only addresses that begin with http:// or https:// are.");
        }

        if (IsWanted(wanted.Place, wanted, out string problem))
        {
            log.Verbose($"{wanted}: {wanted.Place}, which was fetched before.");
            return wanted.Place;
        }

        if (_cache.IsKnownMissing(wanted.Place))
        {
            log.Verbose($"{wanted}: no debuginfod server had it when they were asked last ({wanted.Place} is empty).");
            return null;
        }

        if (problem.Length > 0)
        {
            log.Verbose($"{wanted.Place} {problem}: it is fetched again.");
        }

        if (_requests >= limits.Downloads)
        {
            Warn(log, $"The debuginfod servers were asked for {_requests} files in this call, and are asked for no more: frames of other files may lack names and lines.");
            return null;
        }

        _requests++;
        return Fetch(wanted, log, cancellation);
    }

    private string? Fetch(Wanted wanted, IEngineLog log, CancellationToken cancellation)
    {
        if (!DebuginfodCache.TryBegin(wanted.Place, out NewFile? begun, out string problem))
        {
            Warn(log, $"Nothing is fetched from debuginfod servers: the cache {settings.CacheFolder} {problem}. Name another folder in DEBUGINFOD_CACHE_PATH.");
            return null;
        }

        using NewFile file = begun;
        bool isMissing = settings.Servers.Count > 0;
        foreach (Uri server in settings.Servers)
        {
            string shown = WithoutPassword(server.AbsoluteUri);
            if (_failed.ContainsKey(server))
            {
                isMissing = false;
                continue;
            }

            long start = Stopwatch.GetTimestamp();
            log.Verbose($"{wanted}: {shown} is asked.");
            DownloadOutcome outcome = Ask(server, shown, wanted, file, log, cancellation);
            isMissing &= outcome.Result == DownloadResult.NotFound;
            switch (outcome.Result)
            {
                case DownloadResult.Done:
                    log.Verbose(string.Create(
                        CultureInfo.InvariantCulture, $"{wanted}: {shown} sent {outcome.Bytes} bytes in {Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} s, which are {wanted.Place} now."));
                    return wanted.Place;
                case DownloadResult.NotFound:
                    log.Verbose($"{wanted}: {shown} {outcome.Problem}.");
                    break;
                case DownloadResult.TooLarge:
                    Warn(log, $"{wanted}: {shown} {outcome.Problem}.");
                    break;
                case DownloadResult.NotWritten:
                    Warn(log, $"{wanted} cannot be written to the cache {settings.CacheFolder}: {outcome.Problem}.");
                    return null;
                default:
                    // One that is slow, lies or is down would be so for each file.
                    _failed[server] = true;
                    Warn(log, $"{wanted}: {shown} {outcome.Problem}. It is not asked again in this call{(wanted.Kind == DebuginfodKind.Executable ? "" : ": frames may lack names and lines")}.");
                    break;
            }
        }

        if (isMissing)
        {
            DebuginfodCache.NoteMissing(wanted.Place);
        }

        return null;
    }

    private DownloadOutcome Ask(Uri server, string shown, Wanted wanted, NewFile file, IEngineLog log, CancellationToken cancellation)
    {
        long shownAt = Stopwatch.GetTimestamp();
        log.Progress(Activity, $"{wanted.Name}: {shown} is asked", -1);
        try
        {
            file.Stream.SetLength(0);
            DownloadOutcome outcome = DebuginfodDownload.Get(AddressOf(server, wanted), server, file.Stream, settings, Progress, cancellation);
            if (outcome.Result != DownloadResult.Done)
            {
                return outcome;
            }

            file.Stream.Flush();
            if (!IsWanted($"/proc/self/fd/{file.Stream.SafeFileHandle.DangerousGetHandle()}", wanted, out string problem))
            {
                return new DownloadOutcome(DownloadResult.Failed, $"sent a file that {problem}, which is not used");
            }

            file.Complete(isNew: false);
            return outcome;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new DownloadOutcome(DownloadResult.NotWritten, e.Message.TrimEnd('.'));
        }

        void Progress(long bytes, long? all)
        {
            if (Stopwatch.GetElapsedTime(shownAt) >= ProgressEvery)
            {
                shownAt = Stopwatch.GetTimestamp();
                string size = all is long known ? string.Create(CultureInfo.InvariantCulture, $" of {known / 1e6:0.0}") : "";
                log.Progress(Activity, string.Create(CultureInfo.InvariantCulture, $"{wanted.Name}: {bytes / 1e6:0.0}{size} MB from {shown}"), all is > 0 and long whole ? (int)(bytes * 100 / whole) : -1);
            }
        }
    }

    // Whether a file is there that may be used: its build-id must be the one that was asked for. Source files have none.
    private bool IsWanted(string path, Wanted wanted, out string problem)
    {
        problem = "";
        if (!MappedFile.TryOpen(new FilePlace(path) { MustBeTrusted = true }, out MappedFile? file, out string reason))
        {
            problem = FileCalls.TryGetStatus(path, out FileCalls.FileStatus status) && status.Size > 0 ? reason : "";
            return false;
        }

        using (file)
        {
            if (wanted.Kind == DebuginfodKind.Source)
            {
                return true;
            }

            problem = !ElfImage.TryFromFile(file, limits, out ElfImage? image, out reason) ? reason
                : !image.TryGetBuildId(out string? found) ? "has no build-id"
                : found != wanted.BuildId ? $"has build-id {found}"
                : "";
            return problem.Length == 0;
        }
    }

    private static bool IsBuildId(string text)
    {
        foreach (char digit in text)
        {
            if (!char.IsAsciiHexDigitLower(digit))
            {
                return false;
            }
        }

        return text.Length is > 2 and <= LongestBuildId;
    }

    private static Uri AddressOf(Uri server, Wanted wanted)
    {
        string name = wanted.Kind switch
        {
            DebuginfodKind.Executable => "executable",
            DebuginfodKind.Source => "source" + Uri.EscapeDataString(wanted.Source!).Replace("%2F", "/", StringComparison.Ordinal),
            _ => "debuginfo",
        };
        return new UriBuilder(new Uri(server, $"buildid/{wanted.BuildId}/{name}")) { UserName = "", Password = "" }.Uri;
    }

    private static string WithoutPassword(string address)
    {
        int host = address.IndexOf("://", StringComparison.Ordinal) + 3;
        int end = host < 3 ? -1 : address.LastIndexOf('@');
        return end < host ? address : address[..host] + address[(end + 1)..];
    }

    private void Warn(IEngineLog log, string text)
    {
        if (_warned.TryAdd(text, true))
        {
            log.Warning(text);
        }
    }

    private sealed record Wanted(string BuildId, DebuginfodKind Kind, string Name, string? Source, string Place)
    {
        public override string ToString() => Kind switch
        {
            DebuginfodKind.Executable => $"{Name} (build-id {BuildId})",
            DebuginfodKind.Source => $"The source file {Source} of {Name} (build-id {BuildId})",
            _ => $"The debug information of {Name} (build-id {BuildId})",
        };
    }
}
