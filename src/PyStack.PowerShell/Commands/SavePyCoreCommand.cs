using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Management.Automation;
using PyStack.Engine.Capture;
using PyStack.Engine.Discovery;
using PyStack.Engine.Python.Repr;
using PyStack.Engine.Saving;
using PyStack.Engine.Sessions;

namespace PyStack;

/// <summary>
/// <para type="synopsis">Saves a small core of running Python processes: what is needed to read their stacks elsewhere.</para>
/// </summary>
[Cmdlet(VerbsData.Save, "PyCore", DefaultParameterSetName = IdSet, SupportsShouldProcess = true, HelpUri = HelpPages.Folder + "Save-PyCore.md")]
[OutputType(typeof(FileInfo))]
public sealed class SavePyCoreCommand : ProcessTargetCmdlet
{
    /// <summary>Characters of a value that can be shown later; more of it is in the core by chance.</summary>
    private const int MaxValueLength = 4096;

    private readonly HashSet<int> _seen = [];
    private CoreOutput? _output;
    private ProcessTree? _tree;

    /// <summary>The file to write; {0} is the id of the process and {1} its name.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [Alias("LiteralPath", "PSPath")]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = null!;

    /// <summary>Also save the native stacks and registers of all threads.</summary>
    [Parameter]
    public SwitchParameter Native { get; set; }

    /// <summary>Also save arguments and local variables.</summary>
    [Parameter]
    [Alias("Variables")]
    public SwitchParameter Locals { get; set; }

    /// <summary>Leave out all bytes that are not needed for the stacks.</summary>
    [Parameter]
    public SwitchParameter Redact { get; set; }

    /// <summary>Never stop the target: read it while it runs.</summary>
    [Parameter]
    public SwitchParameter NoBlock { get; set; }

    /// <summary>Also replaces a file that is read-only.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Does not replace a file.</summary>
    [Parameter]
    [Alias("NoOverwrite")]
    public SwitchParameter NoClobber { get; set; }

    private StackOptions Options => StackOptions.Default with
    {
        NoBlock = NoBlock,
        Exhaustive = Exhaustive,
        Native = Native ? NativeMode.AllThreads : NativeMode.None,
        Locals = Locals ? new ValueOptions(MaxValueLength) : null,
    };

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        if (Redact && Locals)
        {
            ThrowTerminatingError(ErrorRecords.ExclusiveSwitches("-Redact", "-Locals", "Leave out -Redact to have the variables in the core, or -Locals to have none."));
        }
    }

    /// <inheritdoc/>
    private protected override void TakeProcesses(int[] ids)
    {
        foreach (int id in ids)
        {
            if (StopToken.IsCancellationRequested || !_seen.Add(id))
            {
                continue;
            }

            if (IncludeChildren && id > 0)
            {
                SaveFamily(id);
            }
            else
            {
                Save(id, family: null);
            }
        }
    }

    private void SaveFamily(int root)
    {
        if (_tree is null && TryRunWatched(root, "The list of processes", ReadTree, out ProcessTree? tree))
        {
            _tree = tree;
        }

        ProcessFamily family = new(_tree ?? new ProcessTree([]), root);
        foreach (int id in family.Members)
        {
            if (!StopToken.IsCancellationRequested && (id == root || _seen.Add(id)))
            {
                Save(id, family);
            }
        }

        foreach ((int id, EngineException error) in family.Failures(Log.Verbose))
        {
            WriteError(ErrorRecords.From(error, id));
        }
    }

    private void Save(int id, ProcessFamily? family)
    {
        bool isForced = Force, isNew = NoClobber, isRedacted = Redact;
        if (!TryRun(id, () => (_output ??= CoreOutput.Of(SessionState, Path)).PathFor(id > 0 ? id : throw ErrorRecords.NoSuchProcess(id)), out string? file)
            || !ShouldProcess(TerminalText.Escape(file!), string.Create(CultureInfo.InvariantCulture, $"Save a core of process {id}")))
        {
            return;
        }

        StackOptions options = Options;
        object[] SaveOne(int process)
        {
            SavedCore core = new CoreSaving(options, isRedacted, Log, StopToken).Take(process);
            (long size, long written) = CoreOutput.Write(file!, core, isForced, isNew, StopToken);
            Log.Verbose(string.Create(
                CultureInfo.InvariantCulture,
                $"Process {process}: {core.Threads} thread{(core.Threads == 1 ? "" : "s")}, {core.Segments.Count} segments, {size} bytes{(written == size ? "" : $", compressed {written}")}; {core.StoppedThreads} {(core.StoppedThreads == 1 ? "was" : "were")} stopped for {core.Pause.TotalMicroseconds:f0} µs."));
            return [file!];
        }

        if (family is null)
        {
            if (TryRunWatched(id, $"Process {id}", () => SaveOne(id), out _))
            {
                WriteFile(file!);
            }
        }
        else if (TryRunWatched(id, $"Process {id}", () => family.Read(id, SaveOne), out ProcessFamily.Outcome? outcome))
        {
            family.Add(id, outcome!);
            foreach (object saved in outcome!.Objects)
            {
                WriteFile((string)saved);
            }
        }
    }

    // As Get-Item writes it, so that its view has all columns.
    private void WriteFile(string path) => WriteObject(InvokeProvider.Item.Get(["Microsoft.PowerShell.Core\\FileSystem::" + path], force: true, literalPath: true), enumerateCollection: true);
}
