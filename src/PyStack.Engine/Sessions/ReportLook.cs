using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading;
using PyStack.Engine.Discovery;
using PyStack.Engine.Elf;
using PyStack.Engine.Native;
using PyStack.Engine.Primitives;
using PyStack.Engine.Processors;
using PyStack.Engine.Reports;
using PyStack.Engine.Results;
using PyStack.Engine.Targets;
using PyStack.Engine.Targets.Live;

namespace PyStack.Engine.Sessions;

/// <summary>
/// Looks at the processes of a report's objects, where they still run the same program on this machine. Nothing is stopped. Source files are opened as by a capture, in the root of the process
/// and with its rights, and a line counts only if it is still the one that the frame has.
/// </summary>
/// <param name="time">How long to look at all processes together, at most.</param>
internal sealed class ReportLook(Limits limits, TimeSpan time, IEngineLog log, CancellationToken cancellation) : IReportLook, IDisposable
{
    /// <summary>How long a report takes for it, at most.</summary>
    public static readonly TimeSpan UsualTime = TimeSpan.FromSeconds(10);

    /// <summary>Processes that are looked at.</summary>
    private const int MaxProcesses = 256;

    private readonly long _deadline = Stopwatch.GetTimestamp() + (long)(time.TotalSeconds * Stopwatch.Frequency);
    private readonly Dictionary<(int Id, ProgramIdentity Program), Place?> _places = [];
    private readonly ProcessDetails _details = new(log);

    /// <inheritdoc/>
    public PyProcess? Describe(int processId, ProgramIdentity? program)
        => PlaceOf(processId, program) is Place place ? Try(place, () => _details.Describe(new PythonProcesses(log).Get(processId)), null) : null;

    /// <inheritdoc/>
    public IReadOnlyList<(string Path, string BuildId)> Builds(int processId, ProgramIdentity? program)
        => PlaceOf(processId, program) is Place place ? Try<IReadOnlyList<(string, string)>>(place, () => BuildsOf(place.Process), []) : [];

    /// <inheritdoc/>
    public SourceExcerpt? Around(PyFrame frame, ProgramIdentity? program)
    {
        if (frame is not { Kind: PyFrameKind.Python, File: { Length: > 0 } file, Line: > 0 and int line, SourceLine: { } text } || PlaceOf(frame.ProcessId, program) is not Place place)
        {
            return null;
        }

        if (!place.Excerpts.TryGetValue((file, line, text), out SourceExcerpt? known))
        {
            known = IsOver ? null : Try(place, () => Read(place.Sources, file, line, text), null);
            place.Excerpts.Add((file, line, text), known);
        }

        return known;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Place? place in _places.Values)
        {
            place?.Process.Dispose();
        }

        _places.Clear();
    }

    private bool IsOver => Stopwatch.GetTimestamp() > _deadline;

    private static SourceExcerpt? Read(SourceLines sources, string file, int line, string text)
    {
        if (sources.Find(file, line).Text is not string now || ModelText.OfSource(now) != text)
        {
            return null;
        }

        int first = line;
        List<string> lines = [text];
        while (first > 1 && line - first < SourceExcerpt.Reach && sources.Find(file, first - 1).Text is string before)
        {
            lines.Insert(0, before);
            first--;
        }

        for (int after = line + 1; after <= line + SourceExcerpt.Reach && sources.Find(file, after).Text is string next; after++)
        {
            lines.Add(next);
        }

        return new SourceExcerpt(first, lines);
    }

    private static List<(string Path, string BuildId)> BuildsOf(LiveProcess process)
    {
        List<(string, string)> builds = [];
        foreach (Module module in process.Modules)
        {
            bool isOfPython = module == process.Executable || module.FileName.StartsWith("libpython", StringComparison.Ordinal);
            if (isOfPython && module.HasCode && ElfImage.TryFromMemory(process.Memory, module.BaseAddress, Limits.Default, out ElfImage? image, out _) && image.TryGetBuildId(out string? id))
            {
                builds.Add((module.Path, id));
            }
        }

        return builds;
    }

    // The process, if it is the program that the objects are from: another one, started by an exec or under the same id, may have rights that theirs had not.
    private Place? PlaceOf(int processId, ProgramIdentity? program)
    {
        if (program is not { StackStart: > 0 } known || processId <= 0)
        {
            return null;
        }

        if (_places.TryGetValue((processId, known), out Place? place))
        {
            return place;
        }

        if (!IsOver && _places.Count < MaxProcesses)
        {
            place = Open(processId, known);
        }

        _places.Add((processId, known), place);
        return place;
    }

    private Place? Open(int processId, ProgramIdentity program)
    {
        cancellation.ThrowIfCancellationRequested();
        using FileBudget budget = FileBudget.Begin(cancellation);
        LiveProcess? process = null;
        try
        {
            process = LiveProcess.Open(processId, ProcessorCatalogue.OfObserver, limits);
            if (new ProgramIdentity(process.Facts.StartTicks, process.Facts.StackStart) == program)
            {
                return new Place(process, new SourceLines(process, new SourceCache(), limits, log), []);
            }

            log.Verbose($"Process {processId} runs another program by now: it is described by its objects alone.");
        }
        catch (EngineException e)
        {
            log.Verbose($"Process {processId} is described by its objects alone: {e.Message}");
        }

        process?.Dispose();
        return null;
    }

    private T Try<T>(Place place, Func<T> work, T otherwise)
    {
        cancellation.ThrowIfCancellationRequested();
        using FileBudget budget = FileBudget.Begin(cancellation);
        try
        {
            return work();
        }
        catch (EngineException e)
        {
            log.Verbose($"Process {place.Process.ProcessId}: {e.Message}");
            return otherwise;
        }
    }

    private sealed record Place(LiveProcess Process, SourceLines Sources, Dictionary<(string File, int Line, string Text), SourceExcerpt?> Excerpts);
}
