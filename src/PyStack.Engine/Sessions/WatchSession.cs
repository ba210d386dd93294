using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading;
using PyStack.Engine.Discovery;
using PyStack.Engine.Native;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Sessions;

/// <summary>Watches processes: what they do in each interval, without stopping them.</summary>
/// <remarks>Used by one thread at a time. A thread that is abandoned in a call may still be in it when the session is disposed of: then that call does it at its end.</remarks>
internal sealed class WatchSession(WatchOptions options) : IDisposable
{
    /// <summary>More are not watched.</summary>
    private const int MaxProcesses = 256;

    /// <summary>A process that has just been started may not be Python yet.</summary>
    private const int Attempts = 5;

    /// <summary>How much of the time is spent with sampling, at the most: one part of so many.</summary>
    private const int SamplingPart = 20;

    private static readonly long ChildrenEvery = Stopwatch.Frequency * 2;

    private readonly Lock _gate = new();
    private readonly List<WatchedProcess> _processes = [];
    private readonly Dictionary<int, int> _attempts = [];
    private readonly List<int> _roots = [];
    private long _childrenAt;
    private volatile bool _isDisposed;
    private volatile int _mode = (int)PyProfileMode.Cpu;

    /// <summary>How many processes are watched.</summary>
    public int Count => _processes.Count;

    /// <summary>Which moments the functions are counted in; may be changed at any time, also by another thread.</summary>
    public PyProfileMode Mode
    {
        get => (PyProfileMode)_mode;
        set => _mode = (int)value;
    }

    /// <summary>Adds a process.</summary>
    /// <exception cref="EngineException">It cannot be examined.</exception>
    public void Add(int processId, IEngineLog log, CancellationToken cancellation)
    {
        if (_processes.Exists(process => process.ProcessId == processId))
        {
            return;
        }

        lock (_gate)
        {
            if (_processes.Count >= MaxProcesses)
            {
                throw new EngineException(
                    EngineError.InvalidArgument, $"Process {processId} is not watched: {MaxProcesses} processes are watched already.", "Watch fewer processes at once.");
            }

            _processes.Add(new WatchedProcess(processId, options, log, cancellation));
            DisposeIfAsked();
        }
    }

    /// <summary>Watches what a process starts from now on, too.</summary>
    public void WatchChildren(int root)
    {
        lock (_gate)
        {
            _roots.Add(root);
        }
    }

    /// <summary>Samples all processes for a time.</summary>
    /// <param name="until">In ticks of the clock.</param>
    /// <param name="end">Ends it early.</param>
    public void Sample(long until, CancellationToken end)
    {
        lock (_gate)
        {
            long period = (long)(Stopwatch.Frequency / options.Rate);
            _ = Clocks.TryRead(Clocks.OwnThread, out double ranBefore);
            for (long now = Stopwatch.GetTimestamp(); now < until && !end.IsCancellationRequested; now = Stopwatch.GetTimestamp())
            {
                foreach (WatchedProcess process in _processes)
                {
                    process.Sample(now);
                }

                // Not at a regular interval: programs that have one would be seen in one phase of it only.
                long pause = period - (Stopwatch.GetTimestamp() - now) + (long)((Random.Shared.NextDouble() - 0.5) * period / 2);
                _ = Clocks.TryRead(Clocks.OwnThread, out double ran);
                pause = Math.Max(pause, (long)((ran - ranBefore) * (SamplingPart - 1) * Stopwatch.Frequency));
                ranBefore = ran;
                pause = Math.Min(pause, until - Stopwatch.GetTimestamp());
                if (pause > 0)
                {
                    _ = end.WaitHandle.WaitOne((int)Math.Clamp((pause * 1000 / Stopwatch.Frequency) + 1, 1, 1000));
                }
            }

            DisposeIfAsked();
        }
    }

    /// <summary>What each process did since the last look. Those that have ended are not in it, and not watched any more.</summary>
    /// <param name="hasEnded">Gets a sentence about each of those.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public PyActivity[] Look(IEngineLog log, Action<string> hasEnded, CancellationToken cancellation)
    {
        lock (_gate)
        {
            try
            {
                AddChildren(cancellation);
                List<PyActivity> activities = new(_processes.Count);
                for (int i = 0; i < _processes.Count; i++)
                {
                    WatchedProcess process = _processes[i];
                    if (process.Look(Mode, log, cancellation) is PyActivity activity)
                    {
                        activities.Add(activity);
                        continue;
                    }

                    hasEnded($"Process {process.ProcessId} ({process.Name}) has ended.");
                    process.Dispose();
                    _processes.RemoveAt(i--);
                }

                return [.. activities];
            }
            finally
            {
                DisposeIfAsked();
            }
        }
    }

    public void Dispose()
    {
        _isDisposed = true;
        if (_gate.TryEnter())
        {
            DisposeIfAsked();
            _gate.Exit();
        }
    }

    private void DisposeIfAsked()
    {
        if (_isDisposed)
        {
            _processes.ForEach(process => process.Dispose());
            _processes.Clear();
        }
    }

    private void AddChildren(CancellationToken cancellation)
    {
        if (_roots.Count == 0 || Stopwatch.GetTimestamp() < _childrenAt)
        {
            return;
        }

        _childrenAt = Stopwatch.GetTimestamp() + ChildrenEvery;
        var tree = ProcessTree.Read();
        foreach (int root in _roots)
        {
            foreach (int child in tree.Descendants(root))
            {
                if (_processes.Count < MaxProcesses && !_processes.Exists(process => process.ProcessId == child) && _attempts.GetValueOrDefault(child) < Attempts)
                {
                    TryAdd(child, cancellation);
                }
            }
        }
    }

    private void TryAdd(int processId, CancellationToken cancellation)
    {
        try
        {
            _processes.Add(new WatchedProcess(processId, options, SilentLog.Instance, cancellation));
            _attempts.Remove(processId);
        }
        catch (EngineException)
        {
            // A shell, or one that has ended. What the user asked for by name or id has its error already.
            _attempts[processId] = _attempts.GetValueOrDefault(processId) + 1;
        }
    }
}
