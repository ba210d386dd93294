using System;
using System.Management.Automation;
using System.Threading;
using PyStack.Engine.Capture;
using PyStack.Engine.Primitives;
using PyStack.Engine.Sessions;
using PyStack.Engine.Targets.Core;

namespace PyStack;

/// <summary>
/// <para type="synopsis">Gets the Python stacks of running processes and of core files.</para>
/// </summary>
[Cmdlet(VerbsCommon.Get, "PyStack", DefaultParameterSetName = IdSet, HelpUri = HelpPages.Folder + "Get-PyStack.md")]
[OutputType(typeof(PyThread))]
public class GetPyStackCommand : StackVariablesCmdlet
{
    private StackSeries? _series;

    /// <summary>How many captures to take.</summary>
    [Parameter(ParameterSetName = IdSet)]
    [Parameter(ParameterSetName = NameSet)]
    [ValidateRange(1, int.MaxValue)]
    public int Count { get; set; } = 1;

    /// <summary>From the beginning of one capture to that of the next: seconds, or a time span.</summary>
    [Parameter(ParameterSetName = IdSet)]
    [Parameter(ParameterSetName = NameSet)]
    [Seconds]
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Show native frames too, merged with the Python frames that they run.</summary>
    [Parameter]
    public SwitchParameter Native { get; set; }

    /// <summary>As <see cref="Native"/>, and show the threads that Python does not know.</summary>
    [Parameter]
    public SwitchParameter NativeAll { get; set; }

    /// <summary>Show the native frames that are after the last Python frame, and no others.</summary>
    [Parameter]
    public SwitchParameter NativeLast { get; set; }

    private NativeMode Mode => NativeAll ? NativeMode.AllThreads : Native ? NativeMode.Merged : NativeLast ? NativeMode.Last : NativeMode.None;

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        if (NativeLast && (Native || NativeAll))
        {
            ThrowTerminatingError(ErrorRecords.ExclusiveSwitches("-NativeLast", NativeAll ? "-NativeAll" : "-Native"));
        }

        // An interval alone means until Ctrl+C.
        bool isEndless = !MyInvocation.BoundParameters.ContainsKey(nameof(Count)) && MyInvocation.BoundParameters.ContainsKey(nameof(Interval));
        _series = isEndless || Count > 1 ? new StackSeries(isEndless ? int.MaxValue : Count, Interval) : null;
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (_series is not null)
        {
            TakeSeries(_series);
        }

        base.EndProcessing();
    }

    // All processes are known before the first capture, since each capture is of all of them.
    private protected override void TakeProcesses(int[] ids)
    {
        if (_series is null)
        {
            base.TakeProcesses(ids);
        }
        else
        {
            _series.Add(ids);
        }
    }

    private protected override void Report(ErrorRecord failure)
    {
        if (_series is null || _series.IsNew(failure))
        {
            base.Report(failure);
        }
    }

    private protected override object[] ReadProcess(int processId) => Capture(processId, Options() with { Series = _series?.Of(processId) }, Log, StopToken);

    private protected override object[] ReadCore(string path, CoreSearch search) => CaptureCore(path, search, Options(), Log, StopToken);

    private protected override object[] Prepare(object[] objects)
    {
        Array.ForEach(objects, thread => SerializedForm.KeepOrder(((PyThread)thread).Frames));
        return objects;
    }

    /// <summary>Takes the stacks of one process; with <see cref="CaptureCore"/> the only place where the module uses the engine's session.</summary>
    internal virtual PyThread[] Capture(int processId, StackOptions options, IEngineLog log, CancellationToken cancellation)
    {
        using StackSession session = StackSession.OpenProcess(processId, options, log, cancellation);
        return session.Capture(cancellation);
    }

    /// <summary>Takes the stacks of one core.</summary>
    internal virtual PyThread[] CaptureCore(string path, CoreSearch search, StackOptions options, IEngineLog log, CancellationToken cancellation)
    {
        using StackSession session = StackSession.OpenCore(path, search, options, log, cancellation);
        return session.Capture(cancellation);
    }

    private void TakeSeries(StackSeries series)
    {
        while (series.HasNext && !StopToken.IsCancellationRequested)
        {
            Forget();
            ShowProcesses(series.Begin());
            series.WaitUntilSettled(StopToken);
            foreach ((int id, CaptureSeries captures) in series.Captures)
            {
                if (!StopToken.IsCancellationRequested)
                {
                    _ = TryRunWatched(id, $"Process {id}", captures.Settle, out _);
                }
            }

            series.WaitUntilNext(StopToken);
        }
    }

    private StackOptions Options() => StackOptions.Default with
    {
        NoBlock = NoBlock,
        Exhaustive = Exhaustive,
        Native = Mode,
        Locals = Values,
        Servers = Mode == NativeMode.None ? null : DebugServers,
    };
}
