using System;
using System.Diagnostics;
using System.Threading;
using PyStack.Engine.Profiling;
using PyStack.Engine.Targets.Live;

namespace PyStack.Engine.Sessions;

/// <summary>One process of a measurement: it may begin later than the others, and end before them.</summary>
internal sealed class ProfiledProcess : IDisposable
{
    private readonly StackSession _session;
    private readonly ProfileOptions _options;
    private DateTime _startedAt;
    private long _begin;
    private long _end;
    private long _ticks;
    private long _missedBefore;
    private long _missed;

    /// <param name="session">Which it disposes of.</param>
    public ProfiledProcess(StackSession session, ProfileOptions options)
    {
        (_session, _options) = (session, options);
        Sampler = new ProcessSampler((LiveProcess)session.Target, session.Runtimes, options.Mode, options.Limits);
    }

    public int ProcessId => _session.Target.ProcessId;

    public ProcessSampler Sampler { get; }

    /// <summary>Samples are taken from now on.</summary>
    /// <param name="now">In ticks.</param>
    /// <param name="missed">Samples that the clock has missed so far.</param>
    public void Begin(long now, long missed) => (_startedAt, _begin, _end, _missedBefore, _missed) = (DateTime.Now, now, now, missed, missed);

    /// <summary>Takes a sample of each thread.</summary>
    public void Sample(long now, long missed)
    {
        Sampler.Sample(now);
        if (!Sampler.IsGone)
        {
            (_end, _missed) = (now, missed);
            _ticks++;
        }
    }

    /// <param name="end">When the measurement has ended; of a process that has ended before, its last sample counts.</param>
    /// <param name="cpuSeconds">The processor time that sampling took, of all processes together.</param>
    /// <param name="cancellation">Ends the search for source files.</param>
    public PyProfile Build(long end, double cpuSeconds, CancellationToken cancellation)
    {
        double duration = (double)((Sampler.IsGone ? _end : Math.Max(_begin, end)) - _begin) / Stopwatch.Frequency;
        Sampler.Finish();
        ProfileBuilder builder = new(Sampler);
        PyProfileStack[] stacks = builder.Build();
        long samples = 0;
        foreach (PyProfileStack stack in stacks)
        {
            samples += stack.Count;
        }

        double achieved = duration > 0 ? _ticks / duration : 0;
        long missed = _missed - _missedBefore;
        ProfileSources sources = new(_session.Target, _options.Limits);
        return new PyProfile
        {
            ProcessId = ProcessId,
            ProcessName = _session.Target.Name,
            PythonVersion = _session.Runtimes[0].Version.ToString(),
            StartedAt = _startedAt,
            DurationSeconds = duration,
            Rate = _options.Rate,
            AchievedRate = achieved,
            Samples = samples,
            Torn = Sampler.Torn,
            Missed = missed,
            Excluded = Sampler.Excluded,
            SamplerCpuSeconds = cpuSeconds,
            Warnings = [.. ProfileWarnings.Of(Sampler, _options, samples, builder.Short, duration, achieved, missed, cpuSeconds)],
            Mode = _options.Mode,
            Stacks = stacks,
            Functions = ProfileBuilder.Functions(ProcessId, stacks),
            Sources = sources.Read(stacks, cancellation),
        };
    }

    public void Dispose()
    {
        Sampler.Dispose();
        _session.Dispose();
    }
}
