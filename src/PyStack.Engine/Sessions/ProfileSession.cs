using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading;
using PyStack.Engine.Capture;
using PyStack.Engine.Primitives;
using PyStack.Engine.Profiling;
using PyStack.Engine.Targets.Live;

namespace PyStack.Engine.Sessions;

/// <summary>Measures where the time of one or several processes goes.</summary>
internal sealed class ProfileSession : IDisposable
{
    private static readonly long ProgressEvery = Stopwatch.Frequency / 2;

    private readonly ProfileOptions _options;
    private readonly IEngineLog _log;
    private readonly List<(StackSession Session, ProcessSampler Sampler, long Since)> _processes = [];
    private readonly HashSet<int> _known = [];

    public ProfileSession(ProfileOptions options, IEngineLog log) => (_options, _log) = (options, log);

    /// <summary>Adds a process.</summary>
    /// <exception cref="EngineException">It cannot be examined.</exception>
    public void Add(int processId, CancellationToken cancellation)
    {
        if (!_known.Add(processId))
        {
            return;
        }

        StackSession session = StackSession.OpenProcess(processId, StackOptions.Default with { NoBlock = true, Limits = _options.Limits }, _log, cancellation);
        _processes.Add((session, new ProcessSampler((LiveProcess)session.Target, session.Runtimes, _options.Mode, _options.Limits), Stopwatch.GetTimestamp()));
    }

    /// <summary>Samples until the time is over, all processes have ended, or it is told to end.</summary>
    /// <param name="end">Ends it early, with what there is.</param>
    /// <param name="cancellation">Ends it without a result.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public PyProfile[] Run(CancellationToken end, CancellationToken cancellation)
    {
        DateTime startedAt = DateTime.Now;
        SampleClock clock = new(_options.Rate);
        long deadline = clock.Start + (long)(_options.Duration.TotalSeconds * Stopwatch.Frequency);
        long reported = clock.Start;
        long ticks = 0;
        long now = clock.Start;
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(end, cancellation);
        while (!either.IsCancellationRequested)
        {
            now = clock.WaitNext(deadline, either.Token);
            if (now >= deadline)
            {
                break;
            }

            ticks++;
            bool isAlive = false;
            foreach ((_, ProcessSampler sampler, _) in _processes)
            {
                if (!sampler.IsGone)
                {
                    sampler.Sample(now);
                    isAlive = true;
                }
            }

            if (!isAlive)
            {
                break;
            }

            if (now - reported > ProgressEvery)
            {
                reported = now;
                double seconds = (double)(now - clock.Start) / Stopwatch.Frequency;
                _log.Progress("Measuring", $"{ticks / seconds:n0} samples a second, {clock.Missed} missed", (int)(seconds * 100 / _options.Duration.TotalSeconds));
            }
        }

        cancellation.ThrowIfCancellationRequested();
        double duration = (double)(Math.Min(now, deadline) - clock.Start) / Stopwatch.Frequency;
        return [.. _processes.ConvertAll(one => Build(one.Session, one.Sampler, startedAt, duration, ticks, clock.Missed))];
    }

    public void Dispose()
    {
        foreach ((StackSession session, ProcessSampler sampler, _) in _processes)
        {
            sampler.Dispose();
            session.Dispose();
        }

        _processes.Clear();
    }

    private PyProfile Build(StackSession session, ProcessSampler sampler, DateTime startedAt, double duration, long ticks, long missed)
    {
        sampler.Finish();
        ProfileBuilder builder = new(sampler);
        PyProfileStack[] stacks = builder.Build();
        long samples = 0;
        foreach (PyProfileStack stack in stacks)
        {
            samples += stack.Count;
        }

        return new PyProfile
        {
            ProcessId = session.Target.ProcessId,
            ProcessName = session.Target.Name,
            PythonVersion = session.Runtimes[0].Version.ToString(),
            StartedAt = startedAt,
            DurationSeconds = duration,
            Rate = _options.Rate,
            AchievedRate = duration > 0 ? ticks / duration : 0,
            Samples = samples,
            Torn = sampler.Torn,
            Missed = missed,
            Mode = _options.Mode,
            Stacks = stacks,
            Functions = ProfileBuilder.Functions(session.Target.ProcessId, stacks),
        };
    }
}
