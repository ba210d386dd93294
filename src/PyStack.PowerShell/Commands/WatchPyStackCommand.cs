using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Diagnostics;
using System.Management.Automation;
using System.Runtime.ExceptionServices;
using System.Threading;
using PyStack.Engine.Discovery;
using PyStack.Engine.Native;
using PyStack.Engine.Primitives;
using PyStack.Engine.Sessions;

namespace PyStack;

/// <summary>
/// <para type="synopsis">Shows what Python processes do now, again and again, without stopping them.</para>
/// </summary>
[Cmdlet(VerbsCommon.Watch, "PyStack", DefaultParameterSetName = IdSet, HelpUri = HelpPages.Folder + "Watch-PyStack.md")]
[OutputType(typeof(PyActivity))]
public class WatchPyStackCommand : ProcessTargetCmdlet
{
    /// <summary>On the screen samples count for so long.</summary>
    private static readonly TimeSpan ScreenWindow = TimeSpan.FromSeconds(10);

    /// <summary>The screen is not empty for longer than this.</summary>
    private static readonly TimeSpan FirstLook = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan LeastInterval = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentQueue<PyActivity[]> _looks = new();
    private readonly ConcurrentQueue<string> _ended = new();
    private readonly CancellationTokenSource _end = new();
    private readonly HashSet<int> _seen = [];
    private WatchSession? _session;
    private WatchScreen? _screen;
    private ExceptionDispatchInfo? _failure;

    /// <summary>The time from one look to the next.</summary>
    [Parameter]
    [Seconds]
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long to watch; without it until it is ended.</summary>
    [Parameter]
    [Seconds]
    public TimeSpan Duration { get; set; }

    /// <summary>After how many looks it ends.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int Count { get; set; }

    /// <summary>Samples of each thread in a second, at the most.</summary>
    [Parameter]
    [ValidateRange(1, 1000)]
    public int Rate { get; set; } = 100;

    /// <summary>Which moments of a thread are counted.</summary>
    [Parameter]
    public PyProfileMode Mode { get; set; } = PyProfileMode.Cpu;

    /// <summary>Write objects instead of showing the screen.</summary>
    [Parameter]
    public SwitchParameter AsObject { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        Interval = Interval < LeastInterval ? LeastInterval : Interval;
        _session = new WatchSession(new WatchOptions { Rate = Rate, Window = HasScreen() ? ScreenWindow : TimeSpan.Zero, Exhaustive = Exhaustive }) { Mode = Mode };
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        try
        {
            if (_session!.Count > 0 && !StopToken.IsCancellationRequested)
            {
                Watch();
            }
        }
        finally
        {
            _session!.Dispose();
        }

        base.EndProcessing();
    }

    private protected override void TakeProcesses(int[] ids)
    {
        foreach (int id in ids)
        {
            if (_seen.Add(id) && !StopToken.IsCancellationRequested)
            {
                AddFamily(id);
            }
        }
    }

    private void AddFamily(int root)
    {
        ProcessTree? tree = null;
        _ = IncludeChildren && TryRunWatched(root, "The list of processes", ReadTree, out tree);
        ProcessFamily family = new(tree ?? new ProcessTree([]), root);
        foreach (int id in family.Members)
        {
            if (TryRunWatched(id, $"Process {id}", () => IncludeChildren ? family.Read(id, Add) : new ProcessFamily.Outcome(Add(id), null), out ProcessFamily.Outcome? outcome))
            {
                family.Add(id, outcome!);
            }
        }

        foreach ((int id, EngineException error) in family.Failures(Log.Verbose))
        {
            WriteError(ErrorRecords.From(error, id));
        }

        if (IncludeChildren)
        {
            _session!.WatchChildren(root);
        }
    }

    private object[] Add(int id)
    {
        _session!.Add(id > 0 ? id : throw ErrorRecords.NoSuchProcess(id), Log, StopToken);
        return [];
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _screen?.Dispose();
            _session?.Dispose();
            _end.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Watch()
    {
        if (HasScreen() && FullScreen.TryOpen() is FullScreen terminal)
        {
            _screen = new WatchScreen(terminal, !Palette.For(Host, PSObject.AsPSObject(GetVariableValue("PSStyle"))).IsPlain, Interval) { View = { Mode = Mode } };
        }

        // Ends the work as soon as the pipeline is stopped, but not by throwing.
        using CancellationTokenRegistration stop = StopToken.Register(_end.Cancel);
        try
        {
            _ = TryRun(_session!, () => WatchedWork.Run("A process that is watched", Look, Tick, StopToken), out _);
        }
        finally
        {
            _end.Cancel();
            _screen?.Dispose();
        }

        _failure?.Throw();
        WriteLooks();
    }

    // On a thread of its own.
    private bool Look()
    {
        IEngineLog log = _screen is null ? Log : SilentLog.Instance;
        long begin = Stopwatch.GetTimestamp();
        long end = Duration == TimeSpan.Zero ? long.MaxValue : begin + Ticks(Duration);
        long next = begin + Ticks(_screen is null || Interval < FirstLook ? Interval : FirstLook);
        for (int count = 0; (Count == 0 || count < Count) && _session!.Count > 0; count++)
        {
            _session.Sample(Math.Min(next, end), _end.Token);
            if (_end.IsCancellationRequested)
            {
                break;
            }

            PyActivity[] looks = _session.Look(log, _ended.Enqueue, StopToken);
            if (looks.Length > 0)
            {
                _looks.Enqueue(looks);
            }

            long now = Stopwatch.GetTimestamp();
            if (now >= end)
            {
                break;
            }

            next = Math.Max(next + Ticks(Interval), now + Ticks(Interval / 2));
        }

        return true;
    }

    private static long Ticks(TimeSpan time) => (long)(time.TotalSeconds * Stopwatch.Frequency);

    // On the pipeline's thread. What the rest of the pipeline throws has to wait until nothing is read any more.
    private void Tick()
    {
        if (_failure is not null)
        {
            return;
        }

        try
        {
            if (_screen is null)
            {
                Log.Drain();
                WriteLooks();
                return;
            }

            while (_looks.TryDequeue(out PyActivity[]? looks))
            {
                _screen.Show(looks);
            }

            if (_ended.TryPeek(out string? ended))
            {
                _screen.Say(ended);
            }

            _screen.Tick();
            _session!.Mode = _screen.View.Mode;
            if (_screen.IsOver)
            {
                _end.Cancel();
            }
        }
        catch (Exception e)
        {
            _failure = ExceptionDispatchInfo.Capture(e);
            _end.Cancel();
        }
    }

    private void WriteLooks()
    {
        while (_screen is null && _looks.TryDequeue(out PyActivity[]? looks))
        {
            WriteObject(looks, enumerateCollection: true);
        }

        while (_ended.TryDequeue(out string? ended))
        {
            Log.Warning(ended);
        }
    }

    // Not for a pipeline, a file, a job, another machine, or a terminal that knows no sequences.
    private bool HasScreen()
        => !AsObject && MyInvocation.PipelinePosition == MyInvocation.PipelineLength && !Console.IsOutputRedirected && Palette.HasTerminal(Host, isRedirected: false)
            && Environment.GetEnvironmentVariable("TERM") != "dumb" && Terminal.IsInForeground();
}
