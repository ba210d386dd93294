using System.IO;
using System.Management.Automation;
using PyStack.Engine.Primitives;
using PyStack.Engine.Reports;
using PyStack.Engine.Sessions;

namespace PyStack;

/// <summary>
/// <para type="synopsis">Writes what was found into one page, for people who were not there.</para>
/// </summary>
[Cmdlet(VerbsData.Export, "PyReport", SupportsShouldProcess = true, HelpUri = HelpPages.Folder + "Export-PyReport.md")]
[OutputType(typeof(FileInfo))]
public sealed class ExportPyReportCommand : PyStackCmdlet
{
    private const string Action = "Give a path in the file system, such as ./report.html.";

    private Report? _report;

    /// <summary>What to show: threads, tasks, deadlocks, profiles, processes and cores.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true)]
    [AllowNull]
    [AllowEmptyCollection]
    [ArgumentCompleter(typeof(WordCompleter))]
    public PSObject?[]? InputObject { get; set; }

    /// <summary>The file to write.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [Alias("LiteralPath", "PSPath")]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = null!;

    /// <summary>The title of the page.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(WordCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Title { get; set; }

    /// <summary>Also replaces a file that is read-only.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Does not replace a file.</summary>
    [Parameter]
    [Alias("NoOverwrite")]
    public SwitchParameter NoClobber { get; set; }

    /// <summary>Returns the file.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private Report Content => _report ??= new Report { Title = Title };

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (PSObject? item in InputObject ?? [])
        {
            if (item is not null && !Stopping)
            {
                _ = TryRun(item, () => Add(item), out bool _);
            }
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (!Stopping && TryRun(Path, () => SessionPath.Resolve(SessionState, Path, Action), out string? path) && TryRun(Path, IsFilled, out bool _) && ShouldProcess(path!, "Write a report"))
        {
            Write(path!);
        }

        base.EndProcessing();
    }

    private bool Add(PSObject item)
    {
        ReportInput.Add(Content, item);
        return true;
    }

    // An old file must not be taken for a new one, so it is not left out in silence.
    private bool IsFilled() => !Content.IsEmpty ? true : throw new EngineException(
        EngineError.InvalidArgument,
        $"There is nothing to report: {Path} is not written",
        "Nothing that a report shows came through the pipeline. Run the commands before Export-PyReport alone, and see what they return.");

    private void Write(string path)
    {
        bool isForced = Force, isNew = NoClobber;
        Report report = Content;
        PipelineLog log = Log;
        if (TryRunWatched(Path, $"The file {path}", () => Write(path, report, isForced, isNew, log), out long length))
        {
            WriteVerbose($"{TerminalText.Escape(path)}: {length} bytes");
            if (PassThru)
            {
                WriteObject(new FileInfo(path));
            }
        }
    }

    private long Write(string path, Report report, bool isForced, bool isNew, PipelineLog log)
    {
        using var bytes = new MemoryStream();
        using var look = new ReportLook(Limits.Default, ReportLook.UsualTime, log, StopToken);
        ReportPage.Write(bytes, report, look, StopToken);
        OutputFile.Write(path, bytes, isForced, isNew, "report.html");
        return bytes.Length;
    }
}
