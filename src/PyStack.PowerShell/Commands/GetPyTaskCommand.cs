using System.Collections.Generic;
using System.Management.Automation;
using System.Threading;
using PyStack.Engine.Capture;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Repr;
using PyStack.Engine.Sessions;
using PyStack.Engine.Targets.Core;
using PyStack.Engine.Tasks;

namespace PyStack;

/// <summary>
/// <para type="synopsis">Gets the asyncio tasks, greenlets and trio tasks of running processes and of core files, each with its own stack.</para>
/// </summary>
[Cmdlet(VerbsCommon.Get, "PyTask", DefaultParameterSetName = IdSet, HelpUri = HelpPages.Folder + "Get-PyTask.md")]
[OutputType(typeof(PyTask))]
public class GetPyTaskCommand : StackTargetCmdlet
{
    /// <summary>Which kinds of tasks to show.</summary>
    [Parameter]
    public PyTaskKind[] Kind { get; set; } = [PyTaskKind.Asyncio, PyTaskKind.Greenlet, PyTaskKind.Trio];

    /// <summary>Show arguments and local variables.</summary>
    [Parameter]
    [Alias("Variables")]
    public SwitchParameter Locals { get; set; }

    /// <summary>Characters of one value; 0 for all of it, up to a million.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    [ArgumentCompleter(typeof(ValueLengthCompleter))]
    public int MaxValueLength { get; set; } = new ValueOptions().MaxLength;

    /// <summary>Do not hide values.</summary>
    [Parameter]
    public SwitchParameter NoRedact { get; set; }

    /// <summary>More words for names whose values are hidden.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [SecretWord]
    [ArgumentCompleter(typeof(WordCompleter))]
    public string[] RedactName { get; set; } = [];

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        UnusedSwitches.Warn(this, Locals, NoRedact);
    }

    private protected override object[] ReadProcess(int processId) => Capture(processId, Reader(out StackOptions options), options, Log, StopToken);

    private protected override object[] ReadCore(string path, CoreSearch search) => CaptureCore(path, search, Reader(out StackOptions options), options, Log, StopToken);

    /// <summary>Takes the tasks of one process; with <see cref="CaptureCore"/> the only place where this cmdlet uses the engine.</summary>
    internal virtual PyTask[] Capture(int processId, TaskReader reader, StackOptions options, IEngineLog log, CancellationToken cancellation)
    {
        using StackSession session = StackSession.OpenProcess(processId, options, log, cancellation);
        reader.Use(session.Runtimes);
        return session.CaptureTasks(reader, cancellation);
    }

    /// <summary>Takes the tasks of one core.</summary>
    internal virtual PyTask[] CaptureCore(string path, CoreSearch search, TaskReader reader, StackOptions options, IEngineLog log, CancellationToken cancellation)
    {
        using StackSession session = StackSession.OpenCore(path, search, options, log, cancellation);
        reader.Use(session.Runtimes);
        return session.CaptureTasks(reader, cancellation);
    }

    private TaskReader Reader(out StackOptions options)
    {
        ValueOptions? locals = Locals ? new ValueOptions(MaxValueLength, !NoRedact, RedactName) : null;
        TaskReader reader = new(TaskOptions.Default with { Kinds = new HashSet<PyTaskKind>(Kind) }, locals, Limits.Default);
        options = StackOptions.Default with { NoBlock = NoBlock, Exhaustive = Exhaustive, Also = reader };
        return reader;
    }
}
