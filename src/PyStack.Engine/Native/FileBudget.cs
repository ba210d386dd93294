using System;
using System.Collections.Generic;
using System.Globalization;
using System.Threading;

namespace PyStack.Engine.Native;

/// <summary>How long one call of the engine may wait for files, what cancels the wait, and its results. It belongs to the thread that began it; other threads have an unlimited one.</summary>
internal sealed class FileBudget : IDisposable
{
    /// <summary>How long to wait for a file.</summary>
    public static readonly TimeSpan UsualLimit = TimeSpan.FromSeconds(2);

    /// <summary>How long to wait for a file while a process is stopped. What is in memory takes far less.</summary>
    public static readonly TimeSpan LimitInPause = TimeSpan.FromMilliseconds(20);

    /// <summary>How long to wait for a file when the limit of unanswered files is reached: enough for a disk that does.</summary>
    public static readonly TimeSpan LimitWhenSpent = TimeSpan.FromMilliseconds(200);

    /// <summary>Files of one call that may fail to answer; for each further one the limit is <see cref="LimitWhenSpent"/>.</summary>
    public const int UsualMostUnanswered = 3;

    private const int MostTroubles = 64;

    [ThreadStatic]
    private static FileBudget? _current;

    private FileBudget? _outer;
    private readonly int _mostUnanswered;
    private readonly List<FileTrouble> _troubles = [];
    private readonly TimeSpan _limit;
    private int _unanswered;

    /// <summary>A budget without a thread, for code that is given it explicitly.</summary>
    public FileBudget(TimeSpan limit, int mostUnanswered, CancellationToken cancellation)
    {
        _limit = limit;
        _mostUnanswered = mostUnanswered;
        Cancellation = cancellation;
    }

    /// <summary>The budget of the calling thread.</summary>
    public static FileBudget Current => _current ?? new FileBudget(UsualLimit, int.MaxValue, CancellationToken.None);

    /// <summary>How long to wait for one file.</summary>
    public TimeSpan Limit => _unanswered >= _mostUnanswered && LimitWhenSpent < _limit ? LimitWhenSpent : _limit;

    public CancellationToken Cancellation { get; }

    public bool IsCancelled => Cancellation.IsCancellationRequested;

    /// <summary>The files that could not be read correctly, each once, up to a limit.</summary>
    public IReadOnlyList<FileTrouble> Troubles => _troubles;

    /// <summary>Begins one for the calling thread, until it is disposed of.</summary>
    public static FileBudget Begin(CancellationToken cancellation) => Begin(UsualLimit, UsualMostUnanswered, cancellation);

    /// <inheritdoc cref="Begin(CancellationToken)"/>
    public static FileBudget Begin(TimeSpan limit, int mostUnanswered, CancellationToken cancellation)
        => _current = new FileBudget(limit, mostUnanswered, cancellation) { _outer = _current };

    /// <summary>A file did not answer.</summary>
    /// <param name="counts">Whether it was waited for.</param>
    public void NoteUnanswered(string name, bool counts)
    {
        string problem = counts
            ? string.Create(CultureInfo.InvariantCulture, $"did not answer within {Limit.TotalSeconds:0.###} s")
            : "was not read, because its disk, or several others, did not answer";
        _unanswered += counts ? 1 : 0;
        Note(new FileTrouble(name, problem, IsUnanswered: true));
    }

    /// <summary>A file could not be read correctly.</summary>
    public void Note(FileTrouble trouble)
    {
        if (_troubles.Count < MostTroubles && !_troubles.Contains(trouble))
        {
            _troubles.Add(trouble);
        }
    }

    public void Dispose() => _current = _outer;
}

/// <summary>A file that could not be read correctly.</summary>
/// <param name="Name">The requested name.</param>
/// <param name="Problem">The end of a sentence about it.</param>
/// <param name="IsUnanswered">Whether the disk did not answer.</param>
internal sealed record FileTrouble(string Name, string Problem, bool IsUnanswered);
