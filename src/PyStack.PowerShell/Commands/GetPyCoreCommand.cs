using System.Collections.Generic;
using System.Management.Automation;
using System.Threading;
using PyStack.Engine.Primitives;
using PyStack.Engine.Sessions;
using PyStack.Engine.Targets.Core;

namespace PyStack;

/// <summary>
/// <para type="synopsis">Gets information about the process in a core file.</para>
/// </summary>
[Cmdlet(VerbsCommon.Get, "PyCore", DefaultParameterSetName = PathSet, HelpUri = HelpPages.Folder + "Get-PyCore.md")]
[OutputType(typeof(PyCore))]
public class GetPyCoreCommand : PyStackCmdlet
{
    private const string PathSet = "Path";
    private const string LiteralPathSet = "LiteralPath";

    private bool _isPathNamed;
    private CoreSearch? _search;

    /// <summary>The core files, with wildcards.</summary>
    [Parameter(ParameterSetName = PathSet, Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string[] Path { get; set; } = [];

    /// <summary>The core files, without wildcards.</summary>
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
        // Pipeline input is not bound yet.
        _isPathNamed = MyInvocation.BoundParameters.ContainsKey(nameof(LiteralPath));
        if (LibrarySearchPath.Length > 0 && LibrarySearchRoot is not null)
        {
            ThrowTerminatingError(ErrorRecords.ExclusiveSearches());
        }
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        bool isPattern = ParameterSetName == PathSet;
        PathSource source = isPattern ? PathSource.Pattern : _isPathNamed ? PathSource.Literal : PathSource.Piped;
        foreach (string path in isPattern ? Path : LiteralPath)
        {
            if (!TryRun(path, () => CorePaths.Expand(SessionState, path, source, Log), out List<string>? files))
            {
                continue;
            }

            foreach (string file in files!)
            {
                if (!StopToken.IsCancellationRequested
                    && TryRun(file, Search, out CoreSearch? search)
                    && TryRunWatched(file, file, () => Describe(file, search!, StopToken), out PyCore? core))
                {
                    WriteObject(core);
                }
            }
        }
    }

    // Once for all cores: its warnings are written once.
    private CoreSearch Search() => _search ??= CorePaths.Search(SessionState, Executable, LibrarySearchPath, LibrarySearchRoot, Log);

    private PyCore Describe(string path, CoreSearch search, CancellationToken cancellation)
        => CoreSummary.Describe(path, search, Limits.Default, Log, cancellation);
}
