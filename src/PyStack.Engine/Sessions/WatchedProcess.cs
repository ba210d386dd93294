using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading;
using PyStack.Engine.Capture;
using PyStack.Engine.Primitives;
using PyStack.Engine.Profiling;
using PyStack.Engine.Targets.Live;
using PyStack.Engine.Targets.Live.Procfs;

namespace PyStack.Engine.Sessions;

/// <summary>A process that is watched: it is sampled without a stop, and looked at after each interval.</summary>
internal sealed class WatchedProcess : IDisposable
{
    /// <summary>More are not shown.</summary>
    private const int MaxFunctions = 1000;

    // A sampler keeps every stack and code object that it has seen, and a session the map of the process as it was.
    private const long MaxSamplerBytes = 16L << 20;
    private static readonly long SessionLasts = Stopwatch.Frequency * 60;

    private readonly WatchOptions _options;
    private readonly WatchLog _log = new();
    private readonly SampleWindow _window;
    private StackSession _session;
    private ProcessSampler _sampler;
    private Dictionary<int, double> _threadTimes = [];
    private double? _time;
    private long _lookedAt = Stopwatch.GetTimestamp();
    private long _openedAt = Stopwatch.GetTimestamp();
    private long _rounds;
    private bool _isReplaced;

    /// <exception cref="EngineException">It cannot be examined.</exception>
    public WatchedProcess(int processId, WatchOptions options, IEngineLog log, CancellationToken cancellation)
    {
        (ProcessId, _options) = (processId, options);
        _window = new SampleWindow((long)(options.Window.TotalSeconds * Stopwatch.Frequency));
        _log.Inner = log;
        _session = Open(cancellation);
        Name = _session.Target.Name;
        _sampler = NewSampler();
        _time = ProcessUse.Read(((LiveProcess)_session.Target).Facts).CpuTime?.TotalSeconds;
    }

    public int ProcessId { get; }

    public string? Name { get; private set; }

    /// <summary>Whether it has ended.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Takes one sample of each thread.</summary>
    public void Sample(long now)
    {
        if (!_sampler.IsGone)
        {
            _sampler.Sample(now);
            _rounds++;
        }
    }

    /// <summary>What it did since the last look; null if it has ended.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public PyActivity? Look(PyProfileMode mode, IEngineLog log, CancellationToken cancellation)
    {
        _log.Inner = log;
        PyThread[] threads = [];
        TimeSpan? time = null;
        long now = Stopwatch.GetTimestamp();
        try
        {
            if (_sampler.IsGone || _isReplaced)
            {
                Reopen(cancellation);
            }

            time = ProcessUse.Read(((LiveProcess)_session.Target).Facts).CpuTime;
            now = Stopwatch.GetTimestamp();
            threads = _session.Capture(cancellation);
        }
        catch (EngineException e) when (e.Error is EngineError.ProcessExited or EngineError.ProcessNotFound)
        {
            if (((LiveProcess)_session.Target).Facts.HasGone())
            {
                HasEnded = true;
                return null;
            }

            // It has started another program, which may be no Python, or not yet.
            _isReplaced = true;
        }
        catch (EngineException e)
        {
            _log.Warning(e.Message);
        }

        double seconds = (double)(now - _lookedAt) / Stopwatch.Frequency;
        _sampler.Settle();
        _window.Add(_sampler, _lookedAt, now, _rounds);
        PyProfileFunction[] functions = _window.Functions(ProcessId, mode, out long samples);
        PyActivity activity = new()
        {
            ProcessId = ProcessId,
            ProcessName = Name,
            PythonVersion = _session.Runtimes[0].Version.ToString(),
            CapturedAt = DateTime.Now,
            IntervalSeconds = seconds,
            CpuPercent = PercentOf(time?.TotalSeconds, _time, seconds),
            GilPercent = _window.GilShare * 100,
            SampleRate = _rounds / seconds,
            WindowSeconds = _window.Seconds,
            Samples = samples,
            Torn = _window.Torn,
            Mode = mode,
            Threads = ThreadsOf(threads, seconds),
            Functions = functions.Length > MaxFunctions ? functions[..MaxFunctions] : functions,
            Warnings = new PyTextList(_log.Warnings),
        };
        _log.Warnings.Clear();
        (_time, _lookedAt, _rounds) = (time?.TotalSeconds, now, 0);
        if (_sampler.Table.Size > MaxSamplerBytes || now - _openedAt > SessionLasts)
        {
            TryReopen(cancellation);
        }

        return activity;
    }

    public void Dispose()
    {
        _sampler.Dispose();
        _session.Dispose();
    }

    private static double? PercentOf(double? now, double? before, double seconds)
        => now is double is1 && before is double was && seconds > 0 ? Math.Max(0, (is1 - was) / seconds * 100) : null;

    private StackSession Open(CancellationToken cancellation)
        => StackSession.OpenProcess(ProcessId, StackOptions.Default with { NoBlock = true, Exhaustive = _options.Exhaustive, Limits = _options.Limits }, _log, cancellation);

    private ProcessSampler NewSampler() => new((LiveProcess)_session.Target, _session.Runtimes, PyProfileMode.Wall, _options.Limits);

    // A process may start another program, and that may be Python, too.
    private void Reopen(CancellationToken cancellation)
    {
        StackSession session = Open(cancellation);
        Dispose();
        (_session, Name) = (session, session.Target.Name);
        (_sampler, _openedAt, _isReplaced) = (NewSampler(), Stopwatch.GetTimestamp(), false);
    }

    private void TryReopen(CancellationToken cancellation)
    {
        try
        {
            Reopen(cancellation);
        }
        catch (EngineException e)
        {
            // The next look says what it is.
            _log.Verbose(e.Message);
        }
    }

    private PyThreadActivity[] ThreadsOf(PyThread[] threads, double seconds)
    {
        Dictionary<int, double> times = [];
        PyThreadActivity[] activities = new PyThreadActivity[threads.Length];
        for (int i = 0; i < threads.Length; i++)
        {
            PyThread thread = threads[i];
            double? before = _threadTimes.TryGetValue(thread.ThreadId, out double known) ? known : null;
            if (thread.CpuSeconds is double time)
            {
                times[thread.ThreadId] = time;
            }

            activities[i] = new PyThreadActivity
            {
                ProcessId = ProcessId,
                ThreadId = thread.ThreadId,
                Name = thread.Name,
                PythonName = thread.PythonName,
                InterpreterId = thread.InterpreterId,
                State = thread.State,
                CpuPercent = PercentOf(thread.CpuSeconds, before, seconds),
                Gil = thread.Gil,
                Wait = thread.Wait,
                Frames = thread.Frames,
                IsCoherent = thread.IsCoherent,
            };
        }

        _threadTimes = times;
        return activities;
    }
}
