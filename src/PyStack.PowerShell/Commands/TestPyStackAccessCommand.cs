using System.Collections.Generic;
using System.Management.Automation;
using PyStack.Engine.Discovery;

namespace PyStack;

/// <summary>
/// <para type="synopsis">Tests whether this user may read the Python stacks of a process, and if not, why.</para>
/// </summary>
[Cmdlet(VerbsDiagnostic.Test, "PyStackAccess", HelpUri = HelpPages.Folder + "Test-PyStackAccess.md")]
[OutputType(typeof(PyStackAccess))]
public class TestPyStackAccessCommand : PyStackCmdlet
{
    private readonly HashSet<int> _seen = [];

    /// <summary>The processes to read.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("ProcessId", "PID")]
    [ArgumentCompleter(typeof(ProcessIdCompleter))]
    public int[] Id { get; set; } = [];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (int id in Id)
        {
            if (!StopToken.IsCancellationRequested
                && _seen.Add(id)
                && TryRunWatched(id, $"Process {id}", () => Examine(id > 0 ? id : throw ErrorRecords.NoSuchProcess(id)), out PyStackAccess? access))
            {
                WriteObject(access);
            }
        }
    }

    /// <summary>Examines one process.</summary>
    internal virtual PyStackAccess Examine(int processId) => AccessTest.Run(processId);
}
