using System;
using System.Collections.Generic;
using System.Threading;
using PyStack.Engine.Native;
using PyStack.Engine.Primitives;
using PyStack.Engine.Targets.Live.Access;
using PyStack.Engine.Targets.Live.Procfs;

namespace PyStack.Engine.Discovery;

/// <summary>The Python processes of the machine, found by the code that they map and not by their names.</summary>
internal sealed class PythonProcesses(IEngineLog log)
{
    /// <summary>The user who pressed Tab waits for it.</summary>
    private static readonly TimeSpan ListTime = TimeSpan.FromSeconds(2);

    /// <summary>Of so many processes that may not be read it is kept which they are.</summary>
    private const int MaxRefused = 10_000;

    private readonly InterpreterFinder _finder = new();
    private readonly List<(int ProcessId, string Name)> _refused = [];
    private readonly Lazy<ObserverFacts> _observer = new(ObserverFacts.Read);

    /// <summary>All visible ones, by ascending id. A process that cannot be read is left out.</summary>
    public static IReadOnlyList<PythonProcess> List()
        => [.. new PythonProcesses(SilentLog.Instance).Find(CancellationToken.None)];

    /// <summary>The same for tab completion: the processes found within two seconds, if a process does not answer.</summary>
    public static IReadOnlyList<PythonProcess> ListForCompletion()
    {
        List<PythonProcess> found = [];
        using CancellationTokenSource stop = new(ListTime);
        try
        {
            return WatchedWork.Run(
                "A process of the list",
                () =>
                {
                    foreach (PythonProcess process in new PythonProcesses(SilentLog.Instance).Find(stop.Token))
                    {
                        lock (found)
                        {
                            found.Add(process);
                        }
                    }

                    return found;
                },
                () => { },
                stop.Token);
        }
        catch (OperationCanceledException)
        {
            // One of them does not answer: the processes found before it are better than nothing.
            lock (found)
            {
                return [.. found];
            }
        }
    }

    /// <summary>The processes that <see cref="Find"/> has left out because they may not be read: whether they have Python is unknown.</summary>
    public IReadOnlyList<(int ProcessId, string Name)> Refused => _refused;

    /// <summary>The id that is examined, or was last.</summary>
    public int Position { get; private set; }

    /// <summary>
    /// All visible ones, by ascending id, each as soon as it is found. For a process that cannot be read the log says why; one that
    /// ends meanwhile is left out.
    /// </summary>
    /// <param name="cancellation">Ends the list.</param>
    /// <param name="after">Only larger ids.</param>
    public IEnumerable<PythonProcess> Find(CancellationToken cancellation, int after = 0)
    {
        if (!ProcNumbers.Agree)
        {
            log.Warning(ProcNumbers.Explanation + " " + ProcNumbers.Action);
        }

        List<int> ids = ThreadDirectory.List("/proc/");
        ids.Sort();
        int found = 0;
        foreach (int processId in ids)
        {
            cancellation.ThrowIfCancellationRequested();
            if (processId <= after)
            {
                continue;
            }

            Position = processId;
            int error = Examine(processId, processId, cancellation, out PythonProcess? process, out FileTrouble? unanswered);
            if (error == Errno.ENOENT && FindLivingThread(processId) is int threadId and > 0)
            {
                error = Examine(processId, threadId, cancellation, out process, out unanswered);
            }

            switch (error)
            {
                case 0 when process is not null:
                    found++;
                    yield return process;
                    break;
                case Errno.EACCES or Errno.EPERM:
                    LogRefusal(processId);
                    break;
                case 0 when unanswered is not null:
                    log.Warning($"Process {processId} ({ProcFile.ReadLine($"/proc/{processId}/comm")}) is left out: {unanswered.Name} {unanswered.Problem}, so it is unknown whether it is a Python process.");
                    break;
            }
        }

        log.Verbose($"{found} of {ids.Count} processes have Python.");
    }

    /// <summary>Examines one process.</summary>
    /// <exception cref="EngineException">There is none, it may not be examined, or it has no Python.</exception>
    public PythonProcess Get(int processId)
    {
        ProcessFacts facts = ProcessFacts.ReadLeader(processId);
        if (facts.IsEnded)
        {
            throw AccessDiagnosis.Explain(facts, AccessRefusal.None);
        }

        int error = Examine(processId, facts.AccessId, CancellationToken.None, out PythonProcess? process, out FileTrouble? unanswered);
        if (process is not null)
        {
            return process;
        }

        if (error is Errno.EACCES or Errno.EPERM)
        {
            throw AccessDiagnosis.Explain(facts, AccessRefusal.Read);
        }

        throw facts.HasGone() ? facts.Exited()
            : unanswered is not null ? new EngineException(
                EngineError.NotResponding,
                $"Whether process {processId} ({facts.Name}) is a Python process is unknown: {unanswered.Name} {unanswered.Problem}.",
                "See which disks or network shares do not answer (dmesg).")
            : PackedProgram.Explain(facts, new EngineException(
                EngineError.NotPython,
                $"Process {processId} ({facts.Name}) is not a Python process: neither its program nor one of its libraries contains a Python interpreter.",
                "Get-PyProcess lists the Python processes."));
    }

    /// <param name="unanswered">The first file that did not answer: without it, it is unknown whether the process has Python.</param>
    private int Examine(int processId, int accessId, CancellationToken cancellation, out PythonProcess? process, out FileTrouble? unanswered)
    {
        using FileBudget budget = FileBudget.Begin(cancellation);
        int error = _finder.Examine(processId, accessId, out process);
        FileRemarks.LogTroubles(budget.Troubles, hasFailed: false, log);
        unanswered = null;
        foreach (FileTrouble trouble in budget.Troubles)
        {
            unanswered ??= trouble.IsUnanswered ? trouble : null;
        }

        return error;
    }

    private void LogRefusal(int processId)
    {
        try
        {
            ProcessFacts facts = ProcessFacts.Read(processId);
            if (!facts.IsKernelThread && !facts.IsEnded)
            {
                AccessDecision decision = AccessRules.Decide(AccessDiagnosis.Collect(facts, _observer.Value, AccessRefusal.Read));
                if (_refused.Count < MaxRefused)
                {
                    _refused.Add((processId, facts.Name));
                }

                log.Verbose($"Process {processId} ({facts.Name}) is left out, because its mappings may not be read: {decision.Reason}");
            }
        }
        catch (EngineException)
        {
            // It has ended meanwhile.
        }
    }

    // A process whose main thread has ended shows nothing under its own id. Neither do kernel threads, and there are hundreds.
    private static int FindLivingThread(int processId)
    {
        try
        {
            return ProcessFacts.Read(processId) is { AccessId: int threadId } && threadId != processId ? threadId : 0;
        }
        catch (EngineException)
        {
            return 0;
        }
    }
}
