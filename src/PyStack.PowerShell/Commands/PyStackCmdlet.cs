using System;
using System.Management.Automation;
using System.Threading;
using PyStack.Engine.Debuginfod;
using PyStack.Engine.Native;

namespace PyStack;

/// <summary>The base of the module's cmdlets: Ctrl+C and <c>Stop()</c> become a cancelled token.</summary>
public abstract class PyStackCmdlet : PSCmdlet, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private PipelineLog? _log;

    private protected PyStackCmdlet()
    {
    }

    /// <summary>Cancelled as soon as the pipeline is stopped.</summary>
    internal CancellationToken StopToken => _stop.Token;

    /// <summary>Verbose, debug, warning and progress of this cmdlet, made on first use on the pipeline's thread.</summary>
    internal PipelineLog Log => _log ??= new PipelineLog(this, _stop);

    /// <summary>The debuginfod servers that the user has named in <c>DEBUGINFOD_URLS</c>, the same for all of this call; null where there are none.</summary>
    internal DebuginfodClient? DebugServers => field ??= DebuginfodClient.FromEnvironment();

    /// <inheritdoc/>
    protected override void BeginProcessing() => _ = Log;

    /// <inheritdoc/>
    protected override void EndProcessing() => Log.Complete();

    /// <summary>Called on another thread than the pipeline's: it may only cancel.</summary>
    protected override void StopProcessing()
    {
        try
        {
            _stop.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The cmdlet ended before the stop arrived.
        }
    }

    /// <summary>Writes the record of a failure.</summary>
    private protected virtual void Report(ErrorRecord failure) => WriteError(failure);

    /// <summary>Writes an error, in a remote session with the name of this machine before its message.</summary>
    internal new void WriteError(ErrorRecord error)
    {
        if (RemoteMachine.Prefix(this) is { Length: > 0 } machine)
        {
            error.ErrorDetails = new ErrorDetails(machine + error) { RecommendedAction = error.ErrorDetails?.RecommendedAction ?? "" };
        }

        base.WriteError(error);
    }

    /// <summary>What went wrong in the last piece of work, if the engine knows it; else null.</summary>
    internal EngineError? LastError { get; private set; }

    /// <summary>Does a piece of the engine's work. A failure becomes an error record, and the pipeline continues.</summary>
    /// <param name="target">What the user gave: the TargetObject of the record.</param>
    /// <param name="work">May throw any exception.</param>
    /// <param name="result">Its result.</param>
    /// <returns>False if it failed, or if the pipeline was stopped.</returns>
    internal bool TryRun<T>(object target, Func<T> work, out T? result)
    {
        result = default;
        LastError = null;
        ErrorRecord? failure = null;
        bool isDone = false;
        try
        {
            result = work();
            isDone = true;
        }
        catch (OperationCanceledException) when (StopToken.IsCancellationRequested)
        {
            // Either the pipeline was stopped, which PowerShell itself reports, or the log broke, which is thrown below.
        }
        catch (Exception exception)
        {
            LastError = (exception as EngineException)?.Error;
            failure = ErrorRecords.From(exception, target);
        }

        // Outside the try: exceptions of the rest of the pipeline are not ours.
        Log.ThrowIfBroken();
        if (failure is not null)
        {
            Report(failure);
        }

        return isDone;
    }

    /// <summary>
    /// As <see cref="TryRun"/>, on a thread that is abandoned if the target does not answer or the pipeline is stopped: for everything that reads a target.
    /// </summary>
    /// <param name="target">What the user gave: the TargetObject of the record.</param>
    /// <param name="what">What is read, as the subject of a sentence.</param>
    /// <param name="work">Runs on another thread, and must dispose of what it opens by itself.</param>
    /// <param name="result">Its result.</param>
    internal bool TryRunWatched<T>(object target, string what, Func<T> work, out T? result)
        => TryRun(target, () => WatchedWork.Run(what, work, Log.Drain, StopToken), out result);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Releases the cmdlet's resources.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            _stop.Dispose();
        }
    }
}
