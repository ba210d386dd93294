using System.Collections.Generic;
using System.Management.Automation;
using System.Threading;
using PyStack.Engine.Primitives;
using PyStack.Engine.Sessions;
using PyStack.Engine.Targets.Core;

namespace PyStack;

/// <summary>
/// <para type="synopsis">Gets what core files tell of the processes that they were.</para>
/// </summary>
[Cmdlet(VerbsCommon.Get, "PyCore", DefaultParameterSetName = PathSet)]
[OutputType(typeof(PyCore))]
public class GetPyCoreCommand : PyStackCmdlet
{
    private const string PathSet = "Path";
    private const string LiteralPathSet = "LiteralPath";

    /// <summary>The core files, with wildcards.</summary>
    [Parameter(ParameterSetName = PathSet, Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string[] Path { get; set; } = [];

    /// <summary>The core files, as their names are.</summary>
    [Parameter(ParameterSetName = LiteralPathSet, Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "FullName")]
    [ValidateNotNullOrEmpty]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>The program that the process ran.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Executable { get; set; }

    /// <summary>Folders with the libraries of the process.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] LibrarySearchPath { get; set; } = [];

    /// <summary>A folder that holds the file system of the process.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? LibrarySearchRoot { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        if (LibrarySearchPath.Length > 0 && LibrarySearchRoot is not null)
        {
            ThrowTerminatingError(ErrorRecords.ExclusiveSearches());
        }
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        bool isLiteral = ParameterSetName == LiteralPathSet;
        foreach (string path in isLiteral ? LiteralPath : Path)
        {
            if (!TryRun(path, () => CorePaths.Expand(SessionState, path, isLiteral), out List<string>? files))
            {
                continue;
            }

            if (!TryRun(path, () => CorePaths.Search(SessionState, Executable, LibrarySearchPath, LibrarySearchRoot), out CoreSearch? search))
            {
                continue;
            }

            foreach (string file in files!)
            {
                if (!StopToken.IsCancellationRequested && TryRunWatched(file, file, () => Describe(file, search!, StopToken), out PyCore? core))
                {
                    WriteObject(core);
                }
            }
        }
    }

    private PyCore Describe(string path, CoreSearch search, CancellationToken cancellation)
        => CoreSummary.Describe(path, search, Limits.Default, Log, cancellation);
}
