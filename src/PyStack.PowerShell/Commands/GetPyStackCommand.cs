using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Management.Automation;
using System.Threading;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Values;
using PyStack.Engine.Sessions;

namespace PyStack;

/// <summary>
/// <para type="synopsis">Gets the Python stacks of running processes.</para>
/// </summary>
[Cmdlet(VerbsCommon.Get, "PyStack", DefaultParameterSetName = IdSet)]
[OutputType(typeof(PyThread))]
public class GetPyStackCommand : PyStackCmdlet
{
    private const string IdSet = "Id";

    // What is done before anyone could wonder needs no progress bar.
    private static readonly TimeSpan ProgressAfter = TimeSpan.FromMilliseconds(500);

    private readonly long _start = Stopwatch.GetTimestamp();

    // Process objects, thread objects and numbers may name one process many times in one pipeline; it is looked at once.
    private readonly HashSet<int> _seen = [];

    /// <summary>The processes to look at.</summary>
    [Parameter(ParameterSetName = IdSet, Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("ProcessId", "PID")]
    [ArgumentCompleter(typeof(ProcessIdCompleter))]
    public int[] Id { get; set; } = [];

    /// <summary>Where nothing else finds the interpreter, search all of the target's writable memory.</summary>
    [Parameter(ParameterSetName = IdSet)]
    public SwitchParameter Exhaustive { get; set; }

    /// <summary>Show arguments and local variables.</summary>
    [Parameter(ParameterSetName = IdSet)]
    public SwitchParameter Locals { get; set; }

    /// <summary>Characters of one value; 0 for all of it, up to a million.</summary>
    [Parameter(ParameterSetName = IdSet)]
    [ValidateRange(0, int.MaxValue)]
    public int MaxValueLength { get; set; } = new ValueOptions().MaxLength;

    /// <summary>Show native frames too, merged with the Python frames that they run.</summary>
    [Parameter(ParameterSetName = IdSet)]
    public SwitchParameter Native { get; set; }

    /// <summary>As <see cref="Native"/>, and show the threads that Python does not know.</summary>
    [Parameter(ParameterSetName = IdSet)]
    public SwitchParameter NativeAll { get; set; }

    /// <summary>Show the native frames that stand behind the last Python frame, and no others.</summary>
    [Parameter(ParameterSetName = IdSet)]
    public SwitchParameter NativeLast { get; set; }

    /// <summary>Never stop the target: read it while it runs.</summary>
    [Parameter(ParameterSetName = IdSet)]
    public SwitchParameter NoBlock { get; set; }

    /// <summary>Hide no values.</summary>
    [Parameter(ParameterSetName = IdSet)]
    public SwitchParameter NoRedact { get; set; }

    /// <summary>More words for names whose values are hidden.</summary>
    [Parameter(ParameterSetName = IdSet)]
    [ValidateNotNullOrEmpty]
    public string[] RedactName { get; set; } = [];

    private NativeMode Mode => NativeAll ? NativeMode.AllThreads : Native ? NativeMode.Merged : NativeLast ? NativeMode.Last : NativeMode.None;

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        if (NativeLast && (Native || NativeAll))
        {
            ThrowTerminatingError(ErrorRecords.ExclusiveSwitches("-NativeLast", NativeAll ? "-NativeAll" : "-Native"));
        }
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        for (int i = 0; i < Id.Length && !StopToken.IsCancellationRequested; i++)
        {
            if (Id.Length > 1 && Stopwatch.GetElapsedTime(_start) > ProgressAfter)
            {
                TellProgress(i);
            }

            if (_seen.Add(Id[i]))
            {
                Show(Id[i]);
            }
            else
            {
                Log.Verbose($"Process {Id[i]} was asked for before in this call: it is not captured again.");
            }
        }
    }

    /// <summary>Takes the stacks of one process; the one place where the module meets the engine's session.</summary>
    internal virtual PyThread[] Capture(int processId, StackOptions options, IEngineLog log, CancellationToken cancellation)
    {
        using StackSession session = StackSession.OpenProcess(processId, options, log, cancellation);
        return session.Capture(cancellation);
    }

    private void Show(int processId)
    {
        StackOptions options = StackOptions.Default with
        {
            NoBlock = NoBlock,
            Exhaustive = Exhaustive,
            Native = Mode,
            Locals = Locals ? new ValueOptions(MaxValueLength, !NoRedact, RedactName) : null,
        };
        if (TryRun(
            processId,
            () => Capture(processId > 0 ? processId : throw ErrorRecords.NoSuchProcess(processId), options, Log, StopToken),
            out PyThread[]? threads))
        {
            WriteObject(threads, enumerateCollection: true);
        }
    }

    private void TellProgress(int done)
        => Log.Progress("Reading Python stacks", $"process {Id[done]}, {done + 1} of {Id.Length}", done * 100 / Id.Length);
}
