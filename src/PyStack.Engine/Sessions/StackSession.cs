using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading;
using PyStack.Engine.Capture;
using PyStack.Engine.Capture.Merging;
using PyStack.Engine.Discovery;
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
using PyStack.Engine.Targets.Saved;
using PyStack.Engine.Tasks;
using PyStack.Engine.Tasks.Deadlocks;

namespace PyStack.Engine.Sessions;

/// <summary>
/// The one entry to the engine: opens a target, captures its stacks any number of times, releases it. Not thread-safe.
/// </summary>
internal sealed partial class StackSession : IDisposable
{
    private readonly ITarget _target;
    private readonly IReadOnlyList<PythonRuntime> _runtimes;
    private readonly StackOptions _options;
    private readonly ThreadOrigin _origin;
    private readonly TargetContext? _context;
    private readonly SourceCache _sources;
    private readonly IEngineLog _log;
    private readonly Func<EngineException, EngineException> _explain;
    private readonly ICaptureSource _source;

    /// <param name="context">What is known of the process from earlier calls; null of a core.</param>
    /// <param name="origin">What the threads say about where they come from.</param>
    /// <param name="explain">Gives an error of a capture its cause, if it has another one than it says.</param>
    private StackSession(
        ITarget target,
        TargetContext? context,
        IReadOnlyList<PythonRuntime> runtimes,
        ThreadOrigin origin,
        Func<EngineException, EngineException> explain,
        StackOptions options,
        IEngineLog log)
    {
        _target = target;
        _context = context;
        _sources = context?.Sources ?? new SourceCache();
        _runtimes = runtimes;
        _options = options;
        _origin = origin;
        _explain = explain;
        _log = log;
        _source = CaptureSources.Of(target, runtimes, options, log);
    }

    /// <summary>What the last pause cost the target; null where there was none.</summary>
    public PauseReport? LastPause => _source.LastPause;

    public ITarget Target => _target;

    /// <summary>The CPythons of the target.</summary>
    public IReadOnlyList<PythonRuntime> Runtimes => _runtimes;

    /// <summary>Where the stacks come from.</summary>
    public ICaptureSource Source => _source;

    /// <summary>How often the last call stopped its target, and for how long.</summary>
    public StopBudget? LastBudget { get; private set; }

    /// <summary>Is called with each capture whose stacks are complete, before names and waits are read, which use the memory of its copies.</summary>
    public Action<CapturedProcess>? Captured { get; set; }

    /// <summary>The rows of the last capture, one for each thread that it gave.</summary>
    public IReadOnlyList<ThreadRow> LastRows { get; private set; } = [];

    /// <summary>All thread states of the last capture with their OS threads.</summary>
    public IReadOnlyList<(CapturedThread State, int ThreadId, ThreadLife Life)> LastStates { get; private set; } = [];

    /// <summary>Opens a process as the core will have it that is about to be saved.</summary>
    /// <exception cref="EngineException">Its interpreter is not found there.</exception>
    public static StackSession OpenSaved(ITarget saved, StackOptions options, IEngineLog log, CancellationToken cancellation)
        => new(saved, context: null, Locate(saved, context: null, options, log, cancellation), new ThreadOrigin(PySource.Core, null, []), error => error, options, log);

    /// <summary>Opens a running process: maps, modules, the interpreter and its version.</summary>
    /// <exception cref="EngineException">The process cannot be examined; the error says why and what would help.</exception>
    public static StackSession OpenProcess(int processId, StackOptions options, IEngineLog log, CancellationToken cancellation)
    {
        long start = Stopwatch.GetTimestamp();
        using FileBudget budget = FileBudget.Begin(cancellation);
        ProcessFacts facts = ProcessFacts.ReadLeader(processId);
        TargetContext context = TargetContexts.Shared.Take(facts);
        LiveProcess process = LiveProcess.Open(facts, ProcessorCatalogue.OfObserver, options.Limits, context.Maps, context.Hints, context.FactHints);
        try
        {
            cancellation.ThrowIfCancellationRequested();
            log.Verbose($"Process {processId} ({process.Name}): {process.Map.Regions.Count} mappings, {process.Modules.Count} modules.");
            options = EmulatedTarget.Adapt(process, options, log);
            IReadOnlyList<PythonRuntime> runtimes = Locate(process, context, options, log, cancellation);
            FileRemarks.LogTroubles(budget.Troubles, hasFailed: false, log);
            log.Verbose($"Opened in {Stopwatch.GetElapsedTime(start).TotalMilliseconds:f1} ms.");
            ThreadOrigin origin = new(PySource.Process, null, [], new ProgramIdentity(facts.StartTicks, facts.StackStart));
            return new StackSession(process, context, runtimes, origin, error => ExplainCapture(process.Facts, error), options, log);
        }
        catch (EngineException e)
        {
            FileRemarks.LogTroubles(budget.Troubles, hasFailed: true, log);
            process.Dispose();
            EngineException explained = Explain(process.Facts, e);
            explained = explained != e ? explained
                : e.Error is EngineError.InterpreterNotFound or EngineError.NoPythonStack ? PythonChildren.Advise(processId, e)
                : PackedProgram.Explain(process.Facts, e, options.Exhaustive);
            if (explained != e)
            {
                throw explained;
            }

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

            options = EmulatedTarget.Adapt(core, OfSaved(core, options, log), log);
            log.Verbose($"{path}: process {core.ProcessId} ({core.Name}), {core.Notes.Threads.Count} threads, {core.Map.Regions.Count} mappings, {core.Modules.Count} modules.");
            ThreadOrigin origin = new(PySource.Core, core.Path, CoreSummary.Lines(core));
            StackSession session = new(core, context: null, Locate(core, context: null, options, log, cancellation), origin, error => CoreErrors.Explain(core, error), options, log);
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

    // What was not saved cannot be read.
    private static StackOptions OfSaved(CoreProcess core, StackOptions options, IEngineLog log)
    {
        if (core.Saved?.Process is not SavedProcess saved)
        {
            return options;
        }

        if (options.Native != NativeMode.None && !saved.HasNative)
        {
            log.Warning($"{core.Path}: it has no native stacks, since it was saved without -Native: only Python frames are shown.");
            options = options with { Native = NativeMode.None };
        }

        if (options.Locals is not null && !saved.HasLocals)
        {
            log.Warning($"{core.Path}: it has no variables, since it was saved without -Locals.");
            options = options with { Locals = null };
        }

        return options;
    }

    /// <summary>The version of a core's interpreter.</summary>
    /// <exception cref="EngineException">It has none.</exception>
    public static string VersionOf(CoreProcess core, IEngineLog log, CancellationToken cancellation)
        => Locate(core, context: null, StackOptions.Default, log, cancellation)[0].Version.ToString();

    /// <summary>Takes the stacks of all Python threads, the main interpreter's first, the oldest thread first.</summary>
    /// <exception cref="EngineException">No stack could be obtained.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the target runs.</exception>
    public PyThread[] Capture(CancellationToken cancellation) => Capture(null, out _, cancellation);

    /// <summary>Takes the stacks of all threads, and the tasks of the same moment.</summary>
    /// <param name="tasks">What reads them: the session was opened with it (<see cref="StackOptions.Also"/>). Null for no tasks.</param>
    /// <inheritdoc cref="Capture(CancellationToken)"/>
    public PyThread[] Capture(TaskReader? tasks, out TaskLook found, CancellationToken cancellation)
    {
        using FileBudget files = FileBudget.Begin(cancellation);
        if (_target is LiveProcess process)
        {
            _options.Series?.Begin(process.Facts);
        }

        try
        {
            // A thread can be stopped while its evaluation loop runs and its frame does not exist yet, or no longer: try again.
            StopBudget budget = LastBudget = new StopBudget();
            while (true)
            {
                CapturedProcess captured = _source.Capture(cancellation);
                budget.Add(captured.Pause);
                bool isLast = !_source.CanRetry || !budget.HasMore;
                if (!captured.IsWhole && !isLast)
                {
                    _log.Verbose("A thread was stopped while it entered or left a frame: the capture is repeated.");
                    continue;
                }

                // What reads the threads' names uses the pages of the copy for others.
                List<CapturedTask> read = tasks is not null && captured.Copy is CapturedCopy copy ? tasks.Read(copy, cancellation) : [];
                if (tasks is { HasMissed: true } && !isLast)
                {
                    _log.Verbose("The tasks have come to lead to memory that was not copied: the capture is repeated.");
                    continue;
                }

                Captured?.Invoke(captured);
                PyThread[] threads = Finish(captured with { Pause = budget.Spent }, isLast, cancellation, out bool isDone);
                if (isDone)
                {
                    found = new TaskLook(read, read.Count == 0 ? [] : BuildTasks(read, captured with { Pause = budget.Spent }, tasks!.Progress, cancellation));
                    FileRemarks.LogTroubles(files.Troubles, hasFailed: false, _log);
                    return threads;
                }
            }
        }
        catch (EngineException e) when (_explain(e) is EngineException explained && explained != e)
        {
            throw explained;
        }
    }

    public void Dispose()
    {
        _source.Dispose();
        _target.Dispose();
        if (_context is not null)
        {
            TargetContexts.Shared.Put(_context);
        }
    }

    // An apparently invalid or forbidden process may have ended, or started another program.
    private static EngineException Explain(ProcessFacts facts, EngineException error)
        => error.Error == EngineError.ProcessExited ? error
            : facts.HasGone() ? facts.Exited(error)
            : facts.HasOtherProgram() ? facts.Replaced(error)
            : error;

    private static EngineException ExplainCapture(ProcessFacts facts, EngineException error)
        => error.Error is EngineError.NoPythonStack or EngineError.AccessDenied ? Explain(facts, error) : error;

    private PyThread[] Finish(CapturedProcess captured, bool isLast, CancellationToken cancellation, out bool isDone)
    {
        NativeMerge? native = _options.Native == NativeMode.None
            ? null
            : new NativeMerge(_target, _runtimes, captured, _options, _log);
        ThreadRows found = new(_target, _runtimes, captured, native, _options);
        List<ThreadRow> rows = found.List(cancellation);
        (LastRows, LastStates) = (rows, found.Identified);
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
            throw Messages.NoStack(_target.ProcessId, _target.Name, isCore: _source.Mode == CaptureMode.Core);
        }

        if (captured.IsTruncated)
        {
            _log.Warning($"Not all threads of process {_target.ProcessId} could be read: a list in its memory is broken or too long.");
        }

        // The system calls are read before the copy is made that the objects are read from: what both say is of one wait if the thread is in the same call afterwards.
        RowWaits waits = new(_target, rows, _options.Limits, cancellation);
        ThreadBuilder builder = new(_target, _runtimes, captured, _origin, new SourceLines(_target, _sources, _options.Limits, _log, _options.Servers), _options);
        BuiltStack[] stacks = builder.BuildStacks(rows, cancellation);
        waits.Join(captured.StoppedThreads > 0);
        using PythonThreadFacts python = new(_target, _runtimes, _source.IdlePages, _options, cancellation);
        waits.Find(_runtimes, python, _options.Limits);
        return builder.Build(rows, stacks, python, cancellation);
    }

    // Empty if native frames of all threads are requested and there is no Python any more.
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
