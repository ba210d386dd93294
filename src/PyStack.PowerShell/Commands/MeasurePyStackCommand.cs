using System;
using System.Collections.Generic;
using System.Management.Automation;
using PyStack.Engine.Profiling;
using PyStack.Engine.Sessions;

namespace PyStack;

/// <summary>
/// <para type="synopsis">Measures where the time of Python processes goes, without stopping them.</para>
/// </summary>
[Cmdlet(VerbsDiagnostic.Measure, "PyStack", DefaultParameterSetName = IdSet, HelpUri = HelpPages.Folder + "Measure-PyStack.md")]
[OutputType(typeof(PyProfile))]
public class MeasurePyStackCommand : ProcessTargetCmdlet
{
    // In their order, each once.
    private readonly List<int> _ids = [];

    /// <summary>How long to measure: seconds, or a time span.</summary>
    [Parameter]
    [Seconds]
    public TimeSpan Duration { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Which moments of a thread are counted.</summary>
    [Parameter]
    public PyProfileMode Mode { get; set; }

    /// <summary>Also shows native frames: of C extensions, of libraries, and of the program that embeds the interpreter.</summary>
    [Parameter]
    public SwitchParameter Native { get; set; }

    /// <summary>Samples of each thread in a second.</summary>
    [Parameter]
    [ValidateRange(1, 1_000_000)]
    public int Rate { get; set; } = 1000;

    /// <summary>Samples of a thread that runs a task of asyncio are those of the task, below the tasks that await it; in the mode Wall, tasks that wait are counted as well.</summary>
    [Parameter]
    public SwitchParameter Task { get; set; }

    /// <summary>What ends the measurement.</summary>
    [Parameter]
    public PyMeasureEnd Until { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        if (Native && Task)
        {
            ThrowTerminatingError(ErrorRecords.ExclusiveSwitches("-Native", "-Task", "Measure twice: once with -Native, and once with -Task."));
        }

        if (Until == PyMeasureEnd.Interrupt && !InterruptKey.IsAvailable(Host))
        {
            ThrowTerminatingError(ErrorRecords.NoInterrupt());
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (_ids.Count > 0 && !StopToken.IsCancellationRequested)
        {
            Measure();
        }

        base.EndProcessing();
    }

    private protected override void TakeProcesses(int[] ids)
    {
        foreach (int id in ids)
        {
            if (!_ids.Contains(id))
            {
                _ids.Add(id);
            }
        }
    }

    private ProfileOptions Options() => new()
    {
        Duration = Until == PyMeasureEnd.Time || MyInvocation.BoundParameters.ContainsKey(nameof(Duration)) ? Duration : null,
        Rate = Rate,
        Mode = Mode,
        Tasks = Task,
        Native = Native,
        Exhaustive = Exhaustive,
    };

    private void Measure()
    {
        ProfileSession session = new(Options(), Log);
        ProfileFamilies? families = IncludeChildren ? new ProfileFamilies(session, ReadTree, Log) : null;
        bool isAny = false;
        foreach (int id in _ids)
        {
            isAny |= TryRunWatched(id, $"Process {id}", () => Open(session, families, id), out _);
        }

        if (isAny && families is not null)
        {
            _ = TryRunWatched(_ids, "The list of processes", () => families.Look(StopToken), out _);
        }

        if (session.Count == 0)
        {
            session.Dispose();
        }
        else if (TryMeasure(session, families, out PyProfile[]? profiles))
        {
            WriteObject(profiles, enumerateCollection: true);
        }

        foreach ((int id, EngineException error) in families?.Failures() ?? [])
        {
            WriteError(ErrorRecords.From(error, id));
        }
    }

    // Ctrl+C with a terminal ends the measurement, and the profiles are written; a second one stops the pipeline as everywhere.
    private bool TryMeasure(ProfileSession session, ProfileFamilies? families, out PyProfile[]? profiles)
    {
        using InterruptKey interrupt = InterruptKey.Begin(Host);
        return TryRun(
            _ids,
            () => Engine.Native.WatchedWork.Run(
                "A process",
                () =>
                {
                    using (session)
                    {
                        return session.Run(families, interrupt.Token, StopToken);
                    }
                },
                () =>
                {
                    Log.Drain();
                    interrupt.Look();
                },
                StopToken),
            out profiles);
    }

    private bool Open(ProfileSession session, ProfileFamilies? families, int id)
    {
        if (id <= 0)
        {
            throw ErrorRecords.NoSuchProcess(id);
        }

        if (families is null)
        {
            session.Add(id, StopToken);
        }
        else
        {
            families.Add(id, StopToken);
        }

        return true;
    }
}
