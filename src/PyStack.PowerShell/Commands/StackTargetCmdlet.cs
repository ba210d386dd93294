using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Management.Automation;
using PyStack.Engine.Discovery;
using PyStack.Engine.Targets.Core;

namespace PyStack;

/// <summary>The base of the cmdlets that read stacks: which processes and cores they are asked for, and how these are read one after the other.</summary>
public abstract class StackTargetCmdlet : ProcessTargetCmdlet
{
    private protected const string PathSet = "Path";
    private protected const string LiteralPathSet = "LiteralPath";

    /// <summary>Short work needs no progress bar.</summary>
    private protected static readonly TimeSpan ProgressAfter = TimeSpan.FromMilliseconds(500);

    // The children of all processes of a pipeline are looked for in the same tree for so long: reading it takes some microseconds for each process of the machine.
    private static readonly TimeSpan TreeLasts = TimeSpan.FromSeconds(1);

    private readonly long _start = Stopwatch.GetTimestamp();

    // Process objects, thread objects and numbers may contain the same process many times in one pipeline; it is captured once.
    private readonly HashSet<int> _seen = [];
    private readonly HashSet<string> _seenCores = new(StringComparer.Ordinal);
    private bool _isPathNamed;
    private CoreSearch? _search;
    private ProcessTree? _tree;
    private long _treeReadAt;

    private protected StackTargetCmdlet()
    {
    }

    /// <summary>Never stop the target: read it while it runs.</summary>
    [Parameter(ParameterSetName = IdSet)]
    [Parameter(ParameterSetName = NameSet)]
    public SwitchParameter NoBlock { get; set; }

    /// <summary>The core files to read, with wildcards.</summary>
    [Parameter(ParameterSetName = PathSet, Mandatory = true, ValueFromPipeline = true)]
    [CorePathInput]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string[] Path { get; set; } = [];

    /// <summary>The core files to read, without wildcards.</summary>
    [Parameter(ParameterSetName = LiteralPathSet, Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "FullName")]
    [ValidateNotNullOrEmpty]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>The program that the process of the core ran.</summary>
    [Parameter(ParameterSetName = PathSet)]
    [Parameter(ParameterSetName = LiteralPathSet)]
    [ValidateNotNullOrEmpty]
    public string? Executable { get; set; }

    /// <summary>Folders with the libraries of the core's process.</summary>
    [Parameter(ParameterSetName = PathSet)]
    [Parameter(ParameterSetName = LiteralPathSet)]
    [ValidateNotNullOrEmpty]
    public string[] LibrarySearchPath { get; set; } = [];

    /// <summary>A folder that holds the file system of the core's process.</summary>
    [Parameter(ParameterSetName = PathSet)]
    [Parameter(ParameterSetName = LiteralPathSet)]
    [ValidateNotNullOrEmpty]
    public string? LibrarySearchRoot { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        // Pipeline input is not bound yet.
        _isPathNamed = MyInvocation.BoundParameters.ContainsKey(nameof(Path)) || MyInvocation.BoundParameters.ContainsKey(nameof(LiteralPath));
        if (LibrarySearchPath.Length > 0 && LibrarySearchRoot is not null)
        {
            ThrowTerminatingError(ErrorRecords.ExclusiveSearches());
        }
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        switch (ParameterSetName)
        {
            case PathSet when !_isPathNamed && TryReadIds(Path) is int[] ids:
                TakeProcesses(ids);
                break;
            case PathSet:
                ShowCores(Path, _isPathNamed ? PathSource.Pattern : PathSource.PipedText);
                break;
            case LiteralPathSet:
                ShowCores(LiteralPath, _isPathNamed ? PathSource.Literal : PathSource.Piped);
                break;
            default:
                base.ProcessRecord();
                break;
        }
    }

    /// <summary>What is written for one process.</summary>
    /// <exception cref="EngineException">It cannot be read.</exception>
    private protected abstract object[] ReadProcess(int processId);

    /// <summary>What is written for one core.</summary>
    /// <exception cref="EngineException">It cannot be read.</exception>
    private protected abstract object[] ReadCore(string path, CoreSearch search);

    /// <summary>Called before the objects of a process or core are written.</summary>
    private protected virtual object[] Prepare(object[] objects) => objects;

    // As `pgrep python` writes them: PowerShell binds text as a path, before it would make a number of it.
    private static int[]? TryReadIds(string[] texts)
    {
        int[] ids = new int[texts.Length];
        for (int i = 0; i < texts.Length; i++)
        {
            if (!int.TryParse(texts[i], NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out ids[i]))
            {
                return null;
            }
        }

        return ids;
    }

    /// <inheritdoc/>
    private protected override void TakeProcesses(int[] ids) => ShowProcesses(ids);

    /// <summary>Lets the same processes be read again, with the children that they have then.</summary>
    private protected void Forget()
    {
        _seen.Clear();
        _tree = null;
    }

    /// <summary>Reads and writes processes, each once until <see cref="Forget"/>.</summary>
    private protected void ShowProcesses(IReadOnlyList<int> ids)
    {
        for (int i = 0; i < ids.Count && !StopToken.IsCancellationRequested; i++)
        {
            int id = ids[i];
            if (!_seen.Add(id))
            {
                Log.Verbose($"Process {id} was asked for before in this call: it is not captured again.");
            }
            else if (IncludeChildren && id > 0)
            {
                ShowFamily(id);
            }
            else
            {
                LogProgress($"process {id}", i, ids.Count);
                Show(id, $"Process {id}", () => ReadExisting(id));
            }
        }
    }

    private object[] ReadExisting(int id) => ReadProcess(id > 0 ? id : throw ErrorRecords.NoSuchProcess(id));

    private void ShowFamily(int root)
    {
        if ((_tree is null || Stopwatch.GetElapsedTime(_treeReadAt) > TreeLasts) && TryRunWatched(root, "The list of processes", ReadTree, out ProcessTree? tree))
        {
            (_tree, _treeReadAt) = (tree, Stopwatch.GetTimestamp());
        }

        ProcessFamily family = new(_tree ?? new ProcessTree([]), root);
        for (int i = 0; i < family.Members.Count && !StopToken.IsCancellationRequested; i++)
        {
            int id = family.Members[i];
            if (id != root && !_seen.Add(id))
            {
                continue;
            }

            LogProgress($"process {id}", i, family.Members.Count);
            if (TryRunWatched(id, $"Process {id}", () => family.Read(id, ReadExisting), out ProcessFamily.Outcome? outcome))
            {
                family.Add(id, outcome!);
                WriteObject(Prepare(outcome!.Objects), enumerateCollection: true);
            }
        }

        foreach ((int id, EngineException error) in family.Failures(Log.Verbose))
        {
            Report(ErrorRecords.From(error, id));
        }
    }

    private void ShowCores(string[] paths, PathSource source)
    {
        List<string> files = [];
        foreach (string path in paths)
        {
            if (TryRun(path, () => CorePaths.Expand(SessionState, path, source, Log), out List<string>? found))
            {
                files.AddRange(found!.FindAll(_seenCores.Add));
            }
        }

        for (int i = 0; i < files.Count && !StopToken.IsCancellationRequested; i++)
        {
            string file = files[i];
            LogProgress(file, i, files.Count);
            if (TryRun(file, Search, out CoreSearch? search))
            {
                Show(file, file, () => ReadCore(file, search!));
            }
        }
    }

    // Once for all cores: its warnings are written once.
    private CoreSearch Search() => _search ??= CorePaths.Search(SessionState, Executable, LibrarySearchPath, LibrarySearchRoot, Log) with { Servers = DebugServers };

    private void Show(object target, string what, Func<object[]> read)
    {
        if (TryRunWatched(target, what, read, out object[]? objects))
        {
            WriteObject(Prepare(objects!), enumerateCollection: true);
        }
    }

    private void LogProgress(string target, int done, int all)
    {
        if (all > 1 && Stopwatch.GetElapsedTime(_start) > ProgressAfter)
        {
            Log.Progress("Reading Python stacks", $"{target}, {done + 1} of {all}", done * 100 / all);
        }
    }
}
