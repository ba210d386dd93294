using System.Collections.Generic;
using System.Management.Automation;
using System.Threading;
using PyStack.Engine.Capture;
using PyStack.Engine.Primitives;
using PyStack.Engine.Sessions;
using PyStack.Engine.Targets.Core;
using PyStack.Engine.Tasks;

namespace PyStack;

/// <summary>
/// <para type="synopsis">Gets the asyncio tasks, greenlets and trio tasks of running processes and of core files, each with its own stack.</para>
/// </summary>
[Cmdlet(VerbsCommon.Get, "PyTask", DefaultParameterSetName = IdSet, HelpUri = HelpPages.Folder + "Get-PyTask.md")]
[OutputType(typeof(PyTask))]
public class GetPyTaskCommand : StackVariablesCmdlet
{
    /// <summary>Which kinds of tasks to show.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public PyTaskKind[] Kind { get; set; } = [PyTaskKind.Asyncio, PyTaskKind.Greenlet, PyTaskKind.Trio];

    /// <summary>Show who waits for whom, one line for each task.</summary>
    [Parameter]
    public SwitchParameter Tree { get; set; }

    private protected override object[] ReadProcess(int processId)
        => Found($"process {processId}", Capture(processId, Reader(out StackOptions options), options, Log, StopToken));

    private protected override object[] ReadCore(string path, CoreSearch search)
        => Found(path, CaptureCore(path, search, Reader(out StackOptions options), options, Log, StopToken));

    private protected override object[] Prepare(object[] objects)
    {
        foreach (object task in objects)
        {
            if (Locals)
            {
                SerializedForm.KeepOrder(((PyTask)task).Frames);
            }

            if (Tree)
            {
                PSObject.AsPSObject(task).TypeNames.Insert(0, TaskFormat.TreeTypeName);
            }
        }

        return objects;
    }

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

    // No warning: most Python processes of a machine have none.
    private PyTask[] Found(string target, PyTask[] tasks)
    {
        if (tasks.Length == 0)
        {
            Log.Verbose($"There are no tasks in {target}: it runs no event loop and has no greenlets of the kinds that were asked for ({string.Join(", ", Kind)}).");
        }

        return tasks;
    }

    private TaskReader Reader(out StackOptions options)
    {
        TaskReader reader = new(TaskOptions.Default with { Kinds = new HashSet<PyTaskKind>(Kind) }, Values, Limits.Default, new TaskProgress(Log, ProgressAfter));
        options = StackOptions.Default with { NoBlock = NoBlock, Exhaustive = Exhaustive, Also = reader };
        return reader;
    }
}
