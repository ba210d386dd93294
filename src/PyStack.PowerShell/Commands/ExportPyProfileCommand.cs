using System.Collections.Generic;
using System.IO;
using System.Management.Automation;
using PyStack.Engine.Profiling.Formats;

namespace PyStack;

/// <summary>
/// <para type="synopsis">Writes profiles into a file: a flame graph page, or a format of another tool.</para>
/// </summary>
[Cmdlet(VerbsData.Export, "PyProfile", SupportsShouldProcess = true, HelpUri = HelpPages.Folder + "Export-PyProfile.md")]
[OutputType(typeof(FileInfo))]
public sealed class ExportPyProfileCommand : PyStackCmdlet
{
    private readonly List<PyProfile> _profiles = [];

    /// <summary>The profiles to write; those of several processes are in one file.</summary>
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

    /// <summary>The format; by default what the end of the file's name means.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(ProfileFormatCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Format { get; set; }

    /// <summary>The profiles from before, with which these are compared.</summary>
    [Parameter]
    [AllowEmptyCollection]
    [ArgumentCompleter(typeof(WordCompleter))]
    public PSObject?[]? Baseline { get; set; }

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

    /// <inheritdoc/>
    protected override void ProcessRecord() => Add(InputObject, _profiles);

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        List<PyProfile> baseline = [];
        Add(Baseline, baseline);
        if (!Stopping && TryRun(Path, () => ProfileFile.Of(SessionState, Path, Format, baseline.Count > 0), out ProfileFile? file))
        {
            if (_profiles.Count == 0)
            {
                // As with other cmdlets an error has said why, or there was nothing to write. An old file must not be taken for a new one, so it is not left out in silence.
                Log.Warning($"There is no profile to write: {Path} is not written.");
            }
            else if (ShouldProcess(file!.Path, $"Write a profile as {file.Format.Name}"))
            {
                Write(file, new ProfileSet(_profiles, baseline));
            }
        }

        base.EndProcessing();
    }

    private void Write(ProfileFile file, ProfileSet profiles)
    {
        bool isForced = Force, isNew = NoClobber;
        if (TryRunWatched(Path, $"The file {file.Path}", () => file.Write(profiles, isForced, isNew, StopToken), out long length))
        {
            WriteVerbose($"{TerminalText.Escape(file.Path)}: {file.Format.Name}, {length} bytes");
            if (PassThru)
            {
                WriteObject(new FileInfo(file.Path));
            }
        }
    }

    private void Add(PSObject?[]? items, List<PyProfile> profiles)
    {
        foreach (PSObject? item in items ?? [])
        {
            if (item is not null && !Stopping && TryRun(item, () => ProfileInput.Of(item), out PyProfile? profile))
            {
                profiles.Add(profile!);
            }
        }
    }
}
