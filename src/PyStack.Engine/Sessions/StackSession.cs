using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading;
using PyStack.Engine.Capture;
using PyStack.Engine.Capture.Merging;
using PyStack.Engine.Native;
using PyStack.Engine.Primitives;
using PyStack.Engine.Processors;
using PyStack.Engine.Python.Runtime;
using PyStack.Engine.Results;
using PyStack.Engine.Targets;
using PyStack.Engine.Targets.Core;
using PyStack.Engine.Targets.Live;
using PyStack.Engine.Targets.Live.Procfs;
using PyStack.Engine.Targets.Live.Stopping;

namespace PyStack.Engine.Sessions;

/// <summary>
/// The one entry to the engine: opens a target, captures its stacks as often as wanted, lets it go. For one thread.
/// </summary>
internal sealed class StackSession : IDisposable
{
    private readonly ITarget _target;
    private readonly LiveProcess? _process;
    private readonly CoreProcess? _core;
    private readonly IReadOnlyList<PythonRuntime> _runtimes;
    private readonly StackOptions _options;
    private readonly ThreadOrigin _origin;
    private readonly TargetContext? _context;
    private readonly SourceCache _sources;
    private readonly IEngineLog _log;
    private AllThreadsCapture? _blocking;
    private RunningCapture? _nonBlocking;
    private NativeOnlyCapture? _nativeOnly;

    private StackSession(ITarget target, TargetContext? context, IReadOnlyList<PythonRuntime> runtimes, StackOptions options, IEngineLog log)
    {
        _target = target;
        _process = target as LiveProcess;
        _core = target as CoreProcess;
        _context = context;
        _sources = context?.Sources ?? new SourceCache();
        _runtimes = runtimes;
        _options = options;
        _origin = _core is null ? ThreadOrigin.Process : new ThreadOrigin(PySource.Core, _core.Path, CoreSummary.Lines(_core));
        _log = log;
    }

    /// <summary>What the last pause cost the target; null where there was none.</summary>
    public PauseReport? LastPause => _blocking?.LastPause;

    /// <summary>How often the last call stopped its target, and for how long.</summary>
    public StopBudget? LastBudget { get; private set; }

    /// <summary>Opens a running process: maps, modules, the interpreter and its version.</summary>
    /// <exception cref="EngineException">The process cannot be looked at; the error says why and what would help.</exception>
    public static StackSession OpenProcess(int processId, StackOptions options, IEngineLog log, CancellationToken cancellation)
    {
        long start = Stopwatch.GetTimestamp();
        using FileBudget budget = FileBudget.Begin(cancellation);
        ProcessFacts facts = ProcessFacts.ReadLeader(processId);
        TargetContext context = TargetContexts.Shared.Take(facts);
        LiveProcess process = LiveProcess.Open(facts, ProcessorCatalogue.OfObserver, options.Limits, context.Maps);
        try
        {
            cancellation.ThrowIfCancellationRequested();
            log.Verbose($"Process {processId} ({process.Name}): {process.Map.Regions.Count} mappings, {process.Modules.Count} modules.");
            IReadOnlyList<PythonRuntime> runtimes = Locate(process, context, options, log, cancellation);
            FileRemarks.LogTroubles(budget.Troubles, hasFailed: false, log);
            log.Verbose($"Opened in {Stopwatch.GetElapsedTime(start).TotalMilliseconds:f1} ms.");
            return new StackSession(process, context, runtimes, options, log);
        }
        catch (EngineException e)
        {
            FileRemarks.LogTroubles(budget.Troubles, hasFailed: true, log);
            process.Dispose();
            ThrowIfGone(process.Facts, e);
            throw;
        }
        catch
        {
            process.Dispose();
            throw;
        }
    }

    /// <summary>Opens a core: its memory, the files that belong to it, the interpreter and its version.</summary>
    /// <exception cref="EngineException">There is none, or it cannot be read; the error says why and what would help.</exception>
    public static StackSession OpenCore(string path, CoreSearch search, StackOptions options, IEngineLog log, CancellationToken cancellation)
    {
        using FileBudget budget = FileBudget.Begin(cancellation);
        CoreProcess core = CoreProcess.Open(path, search, options.Limits, log, cancellation);
        try
        {
            cancellation.ThrowIfCancellationRequested();
            if (core.Extent.Problem is string problem)
            {
                log.Warning($"{path}: {problem}");
            }

            log.Verbose($"{path}: process {core.ProcessId} ({core.Name}), {core.Notes.Threads.Count} threads, {core.Map.Regions.Count} mappings, {core.Modules.Count} modules.");
            StackSession session = new(core, context: null, Locate(core, context: null, options, log, cancellation), options, log);
            FileRemarks.LogTroubles(budget.Troubles, hasFailed: false, log);
            return session;
        }
        catch (EngineException e) when (CoreErrors.Explain(core, e) is EngineException explained && explained != e)
        {
            core.Dispose();
            throw explained;
        }
        catch
        {
            core.Dispose();
            throw;
        }
    }

    /// <summary>The version of a core's interpreter.</summary>
    /// <exception cref="EngineException">It has none.</exception>
    public static string VersionOf(CoreProcess core, IEngineLog log, CancellationToken cancellation)
        => Locate(core, context: null, StackOptions.Default, log, cancellation)[0].Version.ToString();

    /// <summary>Takes the stacks of all Python threads, the main interpreter's first, the oldest thread first.</summary>
    /// <exception cref="EngineException">No stack could be had.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the target runs.</exception>
    public PyThread[] Capture(CancellationToken cancellation)
    {
        using FileBudget files = FileBudget.Begin(cancellation);
        try
        {
            // A thread can be caught where its evaluation loop runs and its frame is not there yet, or no longer: look again.
            StopBudget budget = LastBudget = new StopBudget();
            while (true)
            {
                CapturedProcess captured = CaptureOnce(cancellation);
                budget.Add(captured.Pause);
                bool isLast = _core is not null || !budget.HasMore;
                if (!captured.IsWhole && !isLast)
                {
                    _log.Verbose("A thread was caught between two frames: the capture is taken again.");
                    continue;
                }

                PyThread[] threads = Finish(captured with { Pause = budget.Spent }, isLast, cancellation, out bool isDone);
                if (isDone)
                {
                    FileRemarks.LogTroubles(files.Troubles, hasFailed: false, _log);
                    return threads;
                }
            }
        }
        catch (EngineException e) when (_process is not null && e.Error is EngineError.NoPythonStack or EngineError.AccessDenied)
        {
            ThrowIfGone(_process!.Facts, e);
            throw;
        }
        catch (EngineException e) when (_core is not null && CoreErrors.Explain(_core, e) is EngineException explained && explained != e)
        {
            throw explained;
        }
    }

    public void Dispose()
    {
        _blocking?.Dispose();
        _nonBlocking?.Dispose();
        _nativeOnly?.Dispose();
        _target.Dispose();
        if (_context is not null)
        {
            TargetContexts.Shared.Put(_context);
        }
    }

    // What looks like a broken or forbidden process may be one that has ended, or has become another one.
    private static void ThrowIfGone(ProcessFacts facts, EngineException error)
    {
        if (error.Error == EngineError.ProcessExited)
        {
            return;
        }

        if (facts.HasGone())
        {
            throw facts.Exited(error);
        }

        if (facts.HasOtherProgram())
        {
            throw facts.Replaced(error);
        }
    }

    private CapturedProcess CaptureOnce(CancellationToken cancellation)
        => _process is null ? new CoreCapture(_core!, _runtimes, _options).Capture(cancellation)
            : _runtimes.Count == 0 ? (_nativeOnly ??= new NativeOnlyCapture(_process, _options)).Capture(cancellation)
            : _options.NoBlock ? (_nonBlocking ??= new RunningCapture(_process, _runtimes, _options, _log)).Capture(cancellation)
            : (_blocking ??= new AllThreadsCapture(_process, _runtimes, _options, _log)).Capture(cancellation);

    private PyThread[] Finish(CapturedProcess captured, bool isLast, CancellationToken cancellation, out bool isDone)
    {
        NativeMerge? native = _options.Native == NativeMode.None
            ? null
            : new NativeMerge(_target, _runtimes, captured, _options, _log);
        ThreadRows found = new(_target, _runtimes, captured, native, _options);
        List<ThreadRow> rows = found.List(cancellation);
        isDone = isLast || !found.HasUnmerged;
        if (!isDone)
        {
            return [];
        }

        if (captured.IsFinalizing)
        {
            _log.Warning(Messages.Finalizing);
        }

        if (rows.Count == 0)
        {
            throw Messages.NoStack(_target.ProcessId, _target.Name, isCore: _core is not null);
        }

        if (captured.IsTruncated)
        {
            _log.Warning($"Not all threads of process {_target.ProcessId} could be read: a list in its memory is broken or too long.");
        }

        return new ThreadBuilder(_target, _runtimes, captured, _origin, new SourceLines(_target, _sources, _options.Limits, _log), _options).Build(rows, cancellation);
    }

    // None where native frames of all threads are wanted and there is no Python any more.
    private static IReadOnlyList<PythonRuntime> Locate(ITarget target, TargetContext? context, StackOptions options, IEngineLog log, CancellationToken cancellation)
    {
        RuntimeLocator locator = new(target, options.Limits, log, options.Exhaustive, cancellation);
        try
        {
            if (context?.FindRuntimes(locator) is IReadOnlyList<PythonRuntime> known)
            {
                return known;
            }

            IReadOnlyList<PythonRuntime> found = locator.LocateAll();
            context?.KeepRuntimes(found, locator);
            return found;
        }
        catch (EngineException e) when (options.Native == NativeMode.AllThreads
            && e.Error is EngineError.NoPythonStack or EngineError.InterpreterNotFound or EngineError.UnsupportedPython)
        {
            log.Warning($"{e.Message} Only native frames are shown.");
            return [];
        }
    }
}
