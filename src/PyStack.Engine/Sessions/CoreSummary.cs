using System;
using System.Collections.Generic;
using System.Globalization;
using System.Threading;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Repr.Secrets;
using PyStack.Engine.Targets.Core;

namespace PyStack.Engine.Sessions;

/// <summary>Information about the process in a core file, apart from its stacks: as an object, and as the lines above the stacks.</summary>
internal static class CoreSummary
{
    /// <summary>Describes a core, also one that is not of Python.</summary>
    /// <exception cref="EngineException">There is none, or it cannot be read; the error says why and what would help.</exception>
    public static PyCore Describe(string path, CoreSearch search, Limits limits, IEngineLog log, CancellationToken cancellation)
    {
        using CoreProcess core = CoreProcess.Open(path, search, limits, log, cancellation);
        CoreProcessInfo? process = core.Notes.Process;
        TerminationReason death = TerminationReason.Of(core.Notes);
        return new PyCore
        {
            Path = core.Path,
            DumpedProcessId = core.ProcessId,
            ParentProcessId = process?.ParentId,
            UserId = process?.UserId,
            GroupId = process?.GroupId,
            State = process?.State.ToString(),
            Name = core.Name,
            Executable = core.Files.ProgramPath ?? core.Name,
            Arguments = process is null ? null : ArgumentsOf(process),
            Signal = death.Signal == 0 ? null : death.Signal,
            SignalName = death.Signal == 0 ? null : SignalNames.Of(death.Signal),
            SenderId = death.SenderId,
            FaultAddress = death.FaultAddress,
            Reason = death.Reason,
            Time = core.WrittenAt.ToLocalTime(),
            Architecture = core.Processor.Name,
            Threads = core.Notes.Threads.Count,
            Size = core.Extent.Size,
            ExpectedSize = core.Extent.ExpectedSize,
            IsTruncated = core.Extent.IsTruncated,
            HasPrivateMemory = core.Extent.HasPrivateMemory,
            PythonVersion = VersionOf(core, log, cancellation),
            Files = FilesOf(core, cancellation),
        };
    }

    /// <summary>The lines above the threads.</summary>
    public static string[] Lines(CoreProcess core)
    {
        CultureInfo invariant = CultureInfo.InvariantCulture;
        List<string> lines = [];
        if (core.Notes.Process is CoreProcessInfo process)
        {
            lines.Add($"executable: {process.Name} arguments: {ArgumentsOf(process)}");
            lines.Add(string.Create(invariant, $"pid: {process.ProcessId} ppid: {process.ParentId} uid: {process.UserId} gid: {process.GroupId} state: {process.State}"));
        }

        lines.Add(TerminationReason.Of(core.Notes).Reason);
        return [.. lines];
    }

    // ELF_PRARGSZ (linux/elfcore.h): 80 bytes with the zero at the end.
    private static string ArgumentsOf(CoreProcessInfo process) => SecretText.RedactArguments(process.Arguments, isCut: process.Arguments.Length >= 79);

    private static string? VersionOf(CoreProcess core, IEngineLog log, CancellationToken cancellation)
    {
        try
        {
            return StackSession.VersionOf(core, log, cancellation);
        }
        catch (EngineException e)
        {
            log.Verbose($"{core.Path}: {e.Message}");
            return null;
        }
    }

    private static PyCoreFile[] FilesOf(CoreProcess core, CancellationToken cancellation)
    {
        List<PyCoreFile> files = [];
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (CoreFileMapping mapping in core.Notes.Mappings)
        {
            cancellation.ThrowIfCancellationRequested();
            if (core.Files.HasCode(mapping.Path) && seen.Add(mapping.Path))
            {
                files.Add(new PyCoreFile
                {
                    Path = mapping.Path,
                    Address = mapping.Range.Start,
                    BuildId = core.Files.BuildIdOf(mapping.Path),
                    FoundAt = core.Files.PlaceOf(mapping.Path),
                });
            }
        }

        return [.. files];
    }
}
