using System;
using System.Collections.Concurrent;
using System.Management.Automation;
using System.Runtime.ExceptionServices;
using System.Threading;
using PyStack.Engine.Primitives;

namespace PyStack;

/// <summary>The engine's log as PowerShell's streams.</summary>
/// <remarks>
/// A cmdlet may write on the pipeline's thread only, so messages of other threads are queued until the pipeline's thread writes them.
/// A stream can throw: <c>-WarningAction Stop</c>, or a consumer that stops the pipeline. The exception must not pass through the engine, which
/// may have stopped a target: it is stored, the work is cancelled, and <see cref="ThrowIfBroken"/> throws it when the engine has returned.
/// </remarks>
internal sealed class PipelineLog : IEngineLog
{
    private readonly Cmdlet _cmdlet;
    private readonly string _machine;
    private readonly CancellationTokenSource _stop;
    private readonly ConcurrentQueue<Action> _fromOtherThreads = new();
    private readonly int _pipelineThread = Environment.CurrentManagedThreadId;

    // In PowerShell -Debug alone means that each verbose line asks for confirmation, which fails without a user.
    private readonly bool _isVerboseDebug;
    private bool _showsProgress;
    private ExceptionDispatchInfo? _broken;

    public PipelineLog(PSCmdlet cmdlet, CancellationTokenSource stop)
    {
        _cmdlet = cmdlet;
        _machine = RemoteMachine.Prefix(cmdlet);
        _stop = stop;
        IsDebugEnabled = IsAskedFor(cmdlet);
        _isVerboseDebug = cmdlet.MyInvocation.BoundParameters.TryGetValue("Debug", out object? debug)
            && debug is SwitchParameter { IsPresent: true }
            && !cmdlet.MyInvocation.BoundParameters.ContainsKey("Verbose");
    }

    public bool IsDebugEnabled { get; }

    /// <summary>Cancelled with the pipeline, or when a stream has thrown.</summary>
    public CancellationToken Stop => _stop.Token;

    public void Verbose(string message)
    {
        if (_isVerboseDebug)
        {
            Debug(message);
            return;
        }

        Write(() => _cmdlet.WriteVerbose(TerminalText.Escape(message)));
    }

    public void Debug(string message)
    {
        if (IsDebugEnabled)
        {
            Write(() => _cmdlet.WriteDebug(TerminalText.Escape(message)));
        }
    }

    public void Warning(string message) => Write(() => _cmdlet.WriteWarning(_machine + TerminalText.Escape(message)));

    public void Progress(string activity, string status, int percent) => Write(() =>
    {
        _showsProgress = true;
        _cmdlet.WriteProgress(new ProgressRecord(0, Shown(activity), Shown(status)) { PercentComplete = Math.Clamp(percent, -1, 100) });
    });

    /// <summary>Writes the messages of other threads. For the pipeline's thread.</summary>
    public void Drain()
    {
        while (_fromOtherThreads.TryDequeue(out Action? write))
        {
            WriteHere(write);
        }
    }

    /// <summary>Throws what a stream threw while the engine worked.</summary>
    public void ThrowIfBroken()
    {
        Drain();
        _broken?.Throw();
    }

    /// <summary>Removes the progress bar.</summary>
    public void Complete()
    {
        Drain();
        if (_showsProgress && _broken is null)
        {
            _showsProgress = false;
            _cmdlet.WriteProgress(new ProgressRecord(0, Shown(""), Shown("")) { RecordType = ProgressRecordType.Completed });
        }
    }

    private static bool IsAskedFor(PSCmdlet cmdlet)
    {
        if (cmdlet.MyInvocation.BoundParameters.TryGetValue("Debug", out object? debug))
        {
            return debug is SwitchParameter { IsPresent: true };
        }

        object? preference = cmdlet.SessionState?.PSVariable.GetValue("DebugPreference");
        return preference is not null
            && LanguagePrimitives.TryConvertTo(preference, out ActionPreference action)
            && action is not (ActionPreference.SilentlyContinue or ActionPreference.Ignore);
    }

    // ProgressRecord refuses empty texts.
    private static string Shown(string text) => string.IsNullOrEmpty(text) ? "..." : TerminalText.Escape(text);

    private void Write(Action write)
    {
        if (Environment.CurrentManagedThreadId != _pipelineThread)
        {
            _fromOtherThreads.Enqueue(write);
            return;
        }

        Drain();
        WriteHere(write);
    }

    private void WriteHere(Action write)
    {
        if (_broken is not null)
        {
            return;
        }

        try
        {
            write();
        }
        catch (Exception exception)
        {
            _broken = ExceptionDispatchInfo.Capture(exception);
            _stop.Cancel();
        }
    }
}
