using System;
using System.Collections.Generic;
using System.Management.Automation;
using PyStack.Engine.Discovery;

namespace PyStack;

/// <summary>The base of the cmdlets that look at running processes: which ones they are asked for.</summary>
public abstract class ProcessTargetCmdlet : PyStackCmdlet
{
    private protected const string IdSet = "Id";
    private protected const string NameSet = "Name";

    private protected ProcessTargetCmdlet()
    {
    }

    /// <summary>The processes to read.</summary>
    [Parameter(ParameterSetName = IdSet, Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("ProcessId", "PID")]
    [ArgumentCompleter(typeof(ProcessIdCompleter))]
    [ProcessIdInput]
    public int[] Id { get; set; } = [];

    /// <summary>The names of the Python processes to read, with wildcards.</summary>
    [Parameter(ParameterSetName = NameSet, Mandatory = true)]
    [Alias("ProcessName")]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ProcessNameCompleter))]
    public string[] Name { get; set; } = [];

    /// <summary>Search all of the target's writable memory if the interpreter cannot be found in another way.</summary>
    [Parameter]
    public SwitchParameter Exhaustive { get; set; }

    /// <summary>Read the processes that these have started, too.</summary>
    [Parameter(ParameterSetName = IdSet)]
    [Parameter(ParameterSetName = NameSet)]
    public SwitchParameter IncludeChildren { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (ParameterSetName == NameSet)
        {
            ProcessSearch search = new(this, Name);
            search.ForEach((all, after) => List(all, after, search.IsWanted), process => TakeProcesses([process.ProcessId]));
        }
        else
        {
            TakeProcesses(Id);
        }
    }

    /// <summary>The machine's Python processes with one of the names, each as soon as it is found.</summary>
    internal virtual IEnumerable<PythonProcess> List(PythonProcesses all, int after, Predicate<string> isWanted)
    {
        foreach (PythonProcess process in all.Find(StopToken, after))
        {
            if (isWanted(process.Name))
            {
                yield return process;
            }
        }
    }

    /// <summary>Which process is whose child.</summary>
    internal virtual ProcessTree ReadTree() => ProcessTree.Read();

    /// <summary>Called for processes as they are named, found or piped; the same one can come again.</summary>
    private protected abstract void TakeProcesses(int[] ids);
}
