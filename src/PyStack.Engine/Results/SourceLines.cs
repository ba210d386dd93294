using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using PyStack.Engine.Capture.NativeStacks;
using PyStack.Engine.Debuginfod;
using PyStack.Engine.Native;
using PyStack.Engine.Primitives;
using PyStack.Engine.Targets;
using PyStack.Engine.Targets.Saved;

namespace PyStack.Engine.Results;

/// <summary>The source lines of one capture's frames; each file is examined once, with the target's own rights.</summary>
/// <remarks>
/// A process that hangs often hangs because its disk does, and the source may be on the same one. So files are read
/// in parallel with this thread, and the wait for all of them together is bounded.
/// </remarks>
/// <param name="servers">Are asked for sources of native code that are missing here; null for none.</param>
internal sealed class SourceLines(ITarget target, SourceCache cache, Limits limits, IEngineLog log, DebuginfodClient? servers = null)
{
    private readonly Dictionary<string, SourceText?> _files = new(StringComparer.Ordinal);
    private readonly Dictionary<(string BuildId, string File), SourceText?> _fetched = [];
    private readonly HashSet<string> _unread = new(StringComparer.Ordinal);
    private long _bytesLeft = limits.SourceFileBytes * 4;
    private TimeSpan _timeLeft = limits.SourceTime;
    private string? _shortage;
    private string? _lastFile;
    private SourceText? _lastSource;
    private bool _hasMissed;

    /// <summary>The sources of what Cython has made.</summary>
    public CythonSource Cython => field ??= new CythonSource(this);

    /// <summary>The text of a line, or null; and whether the file is newer than the target.</summary>
    public (string? Text, bool IsNewer) Find(string file, int? line)
    {
        if (line is not int number || number < 1)
        {
            return (null, false);
        }

        if (target.Saved is SavedFacts saved && saved.TryFindLine(file, number, out string text, out bool isNewer))
        {
            return (text, isNewer);
        }

        SourceText? source = _lastSource;
        if (!ReferenceEquals(file, _lastFile))
        {
            if (!_files.TryGetValue(file, out source))
            {
                source = Open(file);
                _files.Add(file, source);
            }

            (_lastFile, _lastSource) = (file, source);
        }

        _hasMissed |= source is null && _unread.Contains(file);
        string? found = source?.Line(number);
        return (found, source is { IsNewerThanTarget: true });
    }

    /// <summary>A line of the source file of a native frame from a debuginfod server; null if there is none.</summary>
    public string? FindFetched(in NativeFrame frame, string file, int line)
    {
        if (servers is null || frame.SourceBuildId is not string buildId)
        {
            return null;
        }

        if (!_fetched.TryGetValue((buildId, file), out SourceText? source))
        {
            string? place = servers.Find(buildId, DebuginfodKind.Source, frame.Library ?? "a library", log, FileBudget.Current.Cancellation, file);
            source = place is not null
                && SourceFile.TryRead(new FilePlace(place) { MustBeTrusted = true }, limits.SourceFileBytes, DateTime.MaxValue, known: null, out SourceFile read, out _)
                    ? SourceText.Of(read, limits)
                    : null;
            _fetched.Add((buildId, file), source);
        }

        return source?.Line(line);
    }

    /// <summary>A warning if lines were not found since the last call because there was no time to read their files; else null.</summary>
    public string? TakeShortage()
    {
        string? shortage = _hasMissed ? _shortage : null;
        _hasMissed = false;
        return shortage;
    }

    private SourceText? Open(string file)
    {
        // "<string>", "<stdin>", "<frozen importlib._bootstrap>": no files.
        if (file.Length == 0 || file[0] == '<')
        {
            return null;
        }

        if (_timeLeft <= TimeSpan.Zero)
        {
            GiveUp(file, "was not read in time");
            return null;
        }

        FileBudget outer = FileBudget.Current;
        TimeSpan limit = _timeLeft < outer.Limit ? _timeLeft : outer.Limit;
        long start = Stopwatch.GetTimestamp();
        using FileBudget budget = FileBudget.Begin(limit, mostUnanswered: 1, outer.Cancellation);
        bool isRead = target.TryReadSource(file, Math.Min(limits.SourceFileBytes, _bytesLeft), cache.FileOf(file), out SourceFile source, out string problem);
        _timeLeft -= Stopwatch.GetElapsedTime(start);
        if (isRead)
        {
            _bytesLeft -= source.Content.Length;
            return cache.TextOf(file, source, limits);
        }

        if (budget.Troubles is [{ IsUnanswered: true } trouble, ..])
        {
            GiveUp(file, trouble.Problem);
        }
        else if (problem.Length > 0)
        {
            log.Verbose($"{file} {problem}: its lines are not shown.");
        }

        return null;
    }

    private void GiveUp(string file, string problem)
    {
        _timeLeft = TimeSpan.Zero;
        _unread.Add(file);
        if (_shortage is not null)
        {
            return;
        }

        _shortage = string.Create(
            CultureInfo.InvariantCulture,
            $"Source lines are missing: {file} {problem}, and a capture waits for its source files for {limits.SourceTime.TotalSeconds:0.###} s in total.");
        log.Verbose($"{file} {problem}: no more source lines are looked up.");
    }
}
