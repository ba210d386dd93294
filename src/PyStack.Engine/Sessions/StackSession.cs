using System;
using System.Diagnostics;
using System.Threading;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python;
using PyStack.Engine.Targets.Live;

namespace PyStack.Engine.Sessions;

/// <summary>
/// The one entry to the engine: opens a target, captures its stacks as often as wanted, lets it go. For one thread.
/// </summary>
internal sealed class StackSession : IDisposable
{
    private readonly LiveProcess _process;
    private readonly PythonRuntime _runtime;
    private readonly StackOptions _options;
    private readonly IEngineLog _log;
    private BlockingCapture? _blocking;
    private NonBlockingCapture? _nonBlocking;

    private StackSession(LiveProcess process, PythonRuntime runtime, StackOptions options, IEngineLog log)
    {
        _process = process;
        _runtime = runtime;
        _options = options;
        _log = log;
    }

    /// <summary>Opens a running process: maps, modules, the interpreter and its version.</summary>
    /// <exception cref="EngineException">The process cannot be looked at; the error says why and what would help.</exception>
    public static StackSession OpenProcess(int processId, StackOptions options, IEngineLog log, CancellationToken cancellation)
    {
        long start = Stopwatch.GetTimestamp();
        LiveProcess process = LiveProcess.Open(processId, options.Limits);
        try
        {
            cancellation.ThrowIfCancellationRequested();
            log.Verbose($"Process {processId} ({process.Name}): {process.Map.Regions.Count} mappings, {process.Modules.Count} modules.");
            PythonRuntime runtime = new RuntimeLocator(process, options.Limits, log, options.Exhaustive, cancellation).Locate();
            log.Verbose($"Opened in {Stopwatch.GetElapsedTime(start).TotalMilliseconds:f1} ms.");
            return new StackSession(process, runtime, options, log);
        }
        catch (EngineException e)
        {
            bool hasGone = e.Error != EngineError.ProcessExited && process.Facts.HasGone();
            process.Dispose();
            if (hasGone)
            {
                throw process.Facts.Exited(e);
            }

            throw;
        }
        catch
        {
            process.Dispose();
            throw;
        }
    }

    /// <summary>Takes the stacks of all Python threads, the main interpreter's first, the oldest thread first.</summary>
    /// <exception cref="EngineException">No stack could be had.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the target runs.</exception>
    public PyThread[] Capture(CancellationToken cancellation)
    {
        try
        {
            CapturedProcess captured = _options.NoBlock
                ? (_nonBlocking ??= new NonBlockingCapture(_process, _runtime, _options.Limits, _log)).Capture(cancellation)
                : (_blocking ??= new BlockingCapture(_process, _runtime, _options.Limits, _log)).Capture(cancellation);
            return Finish(captured, cancellation);
        }
        catch (EngineException e) when (e.Error == EngineError.NoPythonStack && _process.Facts.HasGone())
        {
            throw _process.Facts.Exited(e);
        }
    }

    public void Dispose()
    {
        _blocking?.Dispose();
        _nonBlocking?.Dispose();
        _process.Dispose();
    }

    private PyThread[] Finish(CapturedProcess captured, CancellationToken cancellation)
    {
        if (captured.IsFinalizing)
        {
            _log.Warning(Messages.Finalizing);
        }

        if (captured.Threads.Count == 0)
        {
            throw Messages.NoStack(_process.ProcessId, _process.Name);
        }

        if (captured.IsCut)
        {
            _log.Warning($"Not all threads of process {_process.ProcessId} could be read: a list in its memory is broken or too long.");
        }

        return new ThreadBuilder(_process, _runtime, captured, _options.Limits, _log).Build(cancellation);
    }
}
