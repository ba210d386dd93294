using System;
using System.Collections.Generic;
using System.Management.Automation;
using System.Threading;
using PyStack.Engine.Primitives;
using PyStack.Engine.Profiling;
using PyStack.Engine.Sessions;

namespace PyStack;

/// <summary>
/// <para type="synopsis">Measures where the time of Python processes goes, without stopping them.</para>
/// </summary>
[Cmdlet(VerbsDiagnostic.Measure, "PyStack", HelpUri = HelpPages.Folder + "Measure-PyStack.md")]
[OutputType(typeof(PyProfile))]
public class MeasurePyStackCommand : PyStackCmdlet
{
    private readonly List<int> _ids = [];

    /// <summary>The processes to measure, all at the same time.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("ProcessId", "PID")]
    [ArgumentCompleter(typeof(ProcessIdCompleter))]
    [ProcessIdInput]
    public int[] Id { get; set; } = [];

    /// <summary>How long to measure.</summary>
    [Parameter]
    public TimeSpan Duration { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Samples of each thread in a second.</summary>
    [Parameter]
    [ValidateRange(1, 1_000_000)]
    public int Rate { get; set; } = 1000;

    /// <summary>Which moments of a thread are counted.</summary>
    [Parameter]
    public PyProfileMode Mode { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => _ids.AddRange(Id);

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        ProfileOptions options = new() { Duration = Duration, Rate = Rate, Mode = Mode };
        if (TryRunWatched(_ids, "The processes", () => Measure(options), out PyProfile[]? profiles))
        {
            WriteObject(profiles, enumerateCollection: true);
        }

        base.EndProcessing();
    }

    private PyProfile[] Measure(ProfileOptions options)
    {
        using ProfileSession session = new(options, Log);
        foreach (int id in _ids)
        {
            session.Add(id, StopToken);
        }

        return session.Run(CancellationToken.None, StopToken);
    }
}
