using System;
using System.Collections.Generic;
using System.Threading;
using PyStack.Engine.Capture;
using PyStack.Engine.Native;
using PyStack.Engine.Results;
using PyStack.Engine.Tasks;
using PyStack.Engine.Waits;

namespace PyStack.Engine.Sessions;

/// <content>Tasks.</content>
internal sealed partial class StackSession
{
    /// <summary>Takes the tasks of the process, in the order of their tree; none if it has none.</summary>
    /// <param name="tasks">What reads them: the session was opened with it (<see cref="StackOptions.Also"/>).</param>
    /// <exception cref="EngineException">The process could not be read.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the target runs.</exception>
    public PyTask[] CaptureTasks(TaskReader tasks, CancellationToken cancellation)
    {
        using FileBudget files = FileBudget.Begin(cancellation);
        try
        {
            tasks.Use(_runtimes, _target);
            StopBudget budget = LastBudget = new StopBudget();
            while (true)
            {
                CapturedProcess captured = _source.Capture(cancellation);
                budget.Add(captured.Pause);
                bool isLast = !_source.CanRetry || !budget.HasMore;
                if (!captured.IsWhole && !isLast)
                {
                    _log.Verbose("A thread was stopped while it entered or left a frame: the capture is repeated.");
                    continue;
                }

                List<CapturedTask> found = captured.Copy is CapturedCopy copy ? tasks.Read(copy, cancellation) : [];
                if (tasks.HasMissed && !isLast)
                {
                    _log.Verbose("The tasks have come to lead to memory that was not copied, or their list was being changed: the capture is repeated.");
                    continue;
                }

                PyTask[] built = BuildTasks(found, captured with { Pause = budget.Spent }, tasks.Progress, cancellation);
                FileRemarks.LogTroubles(files.Troubles, hasFailed: false, _log);
                tasks.Remarks.ForEach(_log.Warning);
                if (tasks.IsTruncated)
                {
                    _log.Warning($"Not all tasks of process {_target.ProcessId} could be read: there are too many, or a list in its memory is broken.");
                }

                return built;
            }
        }
        catch (EngineException e) when (_explain(e) is EngineException explained && explained != e)
        {
            throw explained;
        }
    }

    private PyTask[] BuildTasks(List<CapturedTask> found, CapturedProcess captured, TaskProgress progress, CancellationToken cancellation)
    {
        List<ThreadRow> rows = new ThreadRows(_target, _runtimes, captured, native: null, _options).List(cancellation);
        SourceLines source = new(_target, _sources, _options.Limits, _log);
        return new TaskBuilder(_target, _runtimes, captured, _origin, source, rows, new WaitBudget(_options.Limits.WaitTime, cancellation)).Build(found, progress, cancellation);
    }
}
