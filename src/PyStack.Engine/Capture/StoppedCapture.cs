using System.Collections.Generic;
using System.Threading;
using PyStack.Engine.Capture.Freezing;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Runtime;
using PyStack.Engine.Targets.Live;
using PyStack.Engine.Targets.Live.Stopping;

namespace PyStack.Engine.Capture;

/// <summary>
/// Takes the stacks of a running process and stops as few of its threads as can be: one for each GIL, and all where the GIL proves
/// nothing. It says in the log which way was taken, and why.
/// </summary>
internal sealed class StoppedCapture(LiveProcess process, IReadOnlyList<PythonRuntime> runtimes, StackOptions options, IEngineLog log) : ICaptureSource
{
    private readonly FreezeCapture _freeze = new(process, runtimes, options, log);
    private AllThreadsCapture? _all;

    public CaptureMode Mode => CaptureMode.Stopped;

    public bool CanRetry => true;

    public PauseReport? LastPause { get; private set; }

    public PageSnapshot IdlePages => _all?.Pages ?? _freeze.Pages;

    /// <summary>The freeze of one thread for each GIL. For tests.</summary>
    public FreezeCapture Freeze => _freeze;

    /// <inheritdoc/>
    public CapturedProcess Capture(CancellationToken cancellation)
    {
        if (_freeze.TryCapture(cancellation, out string? whyNot) is CapturedProcess captured)
        {
            LastPause = _freeze.LastPause;
            return captured;
        }

        log.Verbose($"All threads are stopped: {whyNot}.");
        _all ??= new AllThreadsCapture(process, runtimes, options, log);
        CapturedProcess all = _all.Capture(cancellation);
        LastPause = _all.LastPause;
        return all with { Pause = all.Pause + _freeze.Paused };
    }

    public void Dispose()
    {
        _freeze.Dispose();
        _all?.Dispose();
    }
}
