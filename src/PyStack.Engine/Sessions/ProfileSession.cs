using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Threading;
using PyStack.Engine.Capture;
using PyStack.Engine.Primitives;
using PyStack.Engine.Profiling;

namespace PyStack.Engine.Sessions;

/// <summary>Measures where the time of one or several processes goes.</summary>
internal sealed class ProfileSession : IDisposable
{
    private static readonly long ProgressEvery = Stopwatch.Frequency / 2;

    private readonly ProfileOptions _options;
    private readonly IEngineLog _log;

    // Other threads add processes while one of them measures.
    private readonly Lock _gate = new();
    private readonly List<ProfiledProcess> _added = [];
    private volatile int _version;
    private bool _isDisposed;

    public ProfileSession(ProfileOptions options, IEngineLog log) => (_options, _log) = (options, log);

    /// <summary>How many processes it has, those that have ended included.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _added.Count;
            }
        }
    }

    /// <summary>Whether a process is measured at the moment.</summary>
    public bool IsMeasured(int processId)
    {
        lock (_gate)
        {
            return _added.Exists(one => one.ProcessId == processId && !one.Sampler.IsGone);
        }
    }

    /// <summary>Adds a process, at any time and on any thread.</summary>
    /// <exception cref="EngineException">It cannot be examined.</exception>
    public void Add(int processId, CancellationToken cancellation)
    {
        if (IsMeasured(processId))
        {
            return;
        }

        StackOptions how = StackOptions.Default with { NoBlock = true, Exhaustive = _options.Exhaustive, Limits = _options.Limits };
        StackSession session = StackSession.OpenProcess(processId, how, _log, cancellation);
        ProfiledProcess process = new(session, EmulatedTarget.Adapt(session.Target, _options, _log), _log);
        process.Sampler.Prepare();
        lock (_gate)
        {
            if (!_isDisposed)
            {
                _added.Add(process);
                _version++;
                return;
            }
        }

        process.Dispose();
    }

    /// <summary>Samples until the time is over, all processes have ended, or it is told to end.</summary>
    /// <param name="families">Adds the processes that these start; null if they are not measured.</param>
    /// <param name="end">Ends it early, with what there is.</param>
    /// <param name="cancellation">Ends it without a result.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public PyProfile[] Run(ProfileFamilies? families, CancellationToken end, CancellationToken cancellation)
    {
        using SampleClock clock = new(_options.Rate);
        long deadline = _options.Duration is TimeSpan duration ? clock.Start + (long)(duration.TotalSeconds * Stopwatch.Frequency) : long.MaxValue;
        long reported = clock.Start;
        long ticks = 0;
        long now = clock.Start;
        int version = -1;
        double cpuBefore = SamplerCpu.Seconds;
        List<ProfiledProcess> processes = [];
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(end, cancellation);
        using (families?.Watch(cancellation))
        {
            while (!either.IsCancellationRequested)
            {
                if (version != _version)
                {
                    version = Begin(processes, now, clock.Missed);
                }

                now = clock.WaitNext(deadline, either.Token);
                if (now >= deadline)
                {
                    break;
                }

                ticks++;
                bool isAlive = false;
                foreach (ProfiledProcess process in processes)
                {
                    if (!process.Sampler.IsGone)
                    {
                        process.Sample(now, clock.Missed);
                        isAlive = true;
                    }
                }

                if (!isAlive && version == _version && families?.MayGrow != true)
                {
                    break;
                }

                if (now - reported > ProgressEvery)
                {
                    reported = now;
                    Report(processes, clock, ticks, now, deadline, SamplerCpu.Seconds - cpuBefore);
                }
            }
        }

        cancellation.ThrowIfCancellationRequested();
        double cpu = SamplerCpu.Seconds - cpuBefore;
        now = Math.Min(now, deadline);
        return [.. processes.ConvertAll(process => process.Build(now, cpu, cancellation))];
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
        }

        foreach (ProfiledProcess process in _added)
        {
            process.Dispose();
        }
    }

    private int Begin(List<ProfiledProcess> processes, long now, long missed)
    {
        lock (_gate)
        {
            while (processes.Count < _added.Count)
            {
                ProfiledProcess process = _added[processes.Count];
                process.Begin(now, missed);
                processes.Add(process);
            }

            return _version;
        }
    }

    private void Report(List<ProfiledProcess> processes, SampleClock clock, long ticks, long now, long deadline, double cpu)
    {
        long torn = 0;
        int living = 0;
        foreach (ProfiledProcess process in processes)
        {
            torn += process.Sampler.Torn;
            living += process.Sampler.IsGone ? 0 : 1;
        }

        double seconds = (double)(now - clock.Start) / Stopwatch.Frequency;
        double left = (double)(deadline - now) / Stopwatch.Frequency;
        string time = deadline == long.MaxValue ? string.Create(CultureInfo.InvariantCulture, $"{seconds:0} s") : string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(left):0} s left");
        string count = living == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $", {living} processes");
        _log.Progress(
            "Measuring",
            string.Create(CultureInfo.InvariantCulture, $"{time}{count}, {ticks / seconds:0} samples a second, {clock.Missed} missed, {torn} torn, {100 * cpu / seconds:0.#} % of a processor"),
            deadline == long.MaxValue ? -1 : (int)(seconds * 100 / (seconds + left)));
    }
}
