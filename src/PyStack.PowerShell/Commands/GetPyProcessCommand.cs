using System;
using System.Collections.Generic;
using System.Management.Automation;
using PyStack.Engine.Discovery;

namespace PyStack;

/// <summary>
/// <para type="synopsis">Gets the Python processes of the machine.</para>
/// </summary>
[Cmdlet(VerbsCommon.Get, "PyProcess", DefaultParameterSetName = NameSet, HelpUri = HelpPages.Folder + "Get-PyProcess.md")]
[OutputType(typeof(PyProcess))]
public class GetPyProcessCommand : PyStackCmdlet
{
    private const string NameSet = "Name";
    private const string IdSet = "Id";

    private readonly HashSet<int> _seen = [];
    private PlaceFilter? _places;
    private int _refused;
    private ProcessDetails? _details;
    private bool _isIdNamed;

    /// <summary>The names that a process may have, with wildcards.</summary>
    [Parameter(ParameterSetName = NameSet, Position = 0)]
    [Alias("ProcessName")]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ProcessNameCompleter))]
    public string[] Name { get; set; } = [];

    /// <summary>The processes to read.</summary>
    [Parameter(ParameterSetName = IdSet, Mandatory = true, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("ProcessId", "PID")]
    [ArgumentCompleter(typeof(ProcessIdCompleter))]
    public int[] Id { get; set; } = [];

    /// <summary>The containers to look into: ids, their beginnings, and names, with wildcards.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(WordCompleter))]
    public string[] Container { get; set; } = [];

    /// <summary>The pods to look into: names, also as <c>namespace/name</c>, ids and their beginnings, with wildcards.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(WordCompleter))]
    public string[] Pod { get; set; } = [];

    private PlaceFilter Places => _places ??= new PlaceFilter(this, Container, Pod);

    private ProcessDetails Details => _details ??= new ProcessDetails(Log);

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        // Pipeline input is not bound yet.
        _isIdNamed = MyInvocation.BoundParameters.ContainsKey(nameof(Id));
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (!Places.HasPattern)
        {
            return;
        }

        if (ParameterSetName == IdSet)
        {
            WriteEach();
            return;
        }

        ProcessSearch search = new(this, Name);
        search.ForEach((all, after) => List(all, after, search.IsWanted), Write);
        _refused = search.Refused;
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (!StopToken.IsCancellationRequested)
        {
            Places.Conclude(_refused);
        }

        base.EndProcessing();
    }

    private void Write(PyProcess process)
    {
        if (Places.IsWanted(process))
        {
            WriteObject(process);
        }
    }

    /// <summary>The machine's Python processes with one of the names, each as soon as it is found.</summary>
    internal virtual IEnumerable<PyProcess> List(PythonProcesses all, int after, Predicate<string> isWanted)
    {
        // Again for each list: an abandoned thread may still use the old one.
        ProcessDetails details = new(Log);
        foreach (PythonProcess process in all.Find(StopToken, after))
        {
            if (isWanted(process.Name) && TryDescribe(details, process) is PyProcess found)
            {
                yield return found;
            }
        }
    }

    // One process that cannot be described must not end the list.
    private PyProcess? TryDescribe(ProcessDetails details, PythonProcess process)
    {
        try
        {
            return details.Describe(process);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Log.Verbose($"Process {process.ProcessId} ({process.Name}) is left out: {e.Message}");
            return null;
        }
    }

    /// <summary>One process; null if it has just ended.</summary>
    internal virtual PyProcess? Find(int processId) => Details.Describe(new PythonProcesses(Log).Get(processId));

    // Of `Get-Process | Get-PyProcess` those that the list has, too; the others are left out as there.
    private PyProcess? FindPiped(int processId)
    {
        try
        {
            return Find(processId);
        }
        catch (EngineException e) when (e.Error is EngineError.NotPython or EngineError.AccessDenied or EngineError.ProcessExited)
        {
            Log.Verbose($"Process {processId} is left out: {e.Message}");
            return null;
        }
    }

    private void WriteEach()
    {
        foreach (int id in Id)
        {
            if (!StopToken.IsCancellationRequested
                && _seen.Add(id)
                && TryRunWatched(id, $"Process {id}", () => id <= 0 ? throw ErrorRecords.NoSuchProcess(id) : _isIdNamed ? Find(id) : FindPiped(id), out PyProcess? process)
                && process is not null)
            {
                Write(process);
            }
        }
    }
}
