using System;
using System.Collections.Generic;
using System.Threading;
using PyStack.Engine.Memory;
using PyStack.Engine.Native;
using PyStack.Engine.Python.Frames;
using PyStack.Engine.Python.Runtime;
using PyStack.Engine.Targets;
using PyStack.Engine.Targets.Live;
using PyStack.Engine.Targets.Live.Procfs;
using PyStack.Engine.Targets.Live.Stacks;
using PyStack.Engine.Targets.Live.Stopping;

namespace PyStack.Engine.Capture.Freezing;

/// <summary>Chooses the threads that have to stop, prepares everything while the process runs, and stops them for the work.</summary>
internal sealed class Freezer(
    LiveProcess process, RuntimeSet runtimes, PageSnapshot pages, RawCapture capture, GilHolders holders, FrozenStates states, MovedStates moved, FreezeWork work)
{
    // Whether the pause of this kind has been gone through in this process: without and with values.
    private static int _warm;

    private readonly List<int> _threadIds = [];
    private readonly ThreadFactsReader _factsReader = new(process.ProcessId);
    private readonly Dictionary<int, ThreadFacts> _facts = [];

    /// <summary>The native stacks of those that sleep; null if none are wanted.</summary>
    public SleepingStacks? Sleeping { get; init; }

    public StackCopier? Stacks { get; init; }

    public bool HasValues { get; init; }

    /// <summary>The threads that were stopped, or were to be.</summary>
    public IReadOnlyList<int> ThreadIds => _threadIds;

    /// <summary>Names, states and CPU times of those that were to be stopped, from before that.</summary>
    public IReadOnlyDictionary<int, ThreadFacts> FactsBefore => _facts;

    // Else the copy stays as it was made while the process ran.
    private bool CopiesAll => work.CopiesValues || work.Kind == FreezeKind.Everything;

    /// <summary>Forgets whom it has stopped.</summary>
    public void Clear()
    {
        _threadIds.Clear();
        _facts.Clear();
    }

    /// <summary>Stops them once.</summary>
    /// <param name="whyNot">Why nobody was stopped: the GIL proves nothing now.</param>
    public PauseReport Freeze(CancellationToken cancellation, out string? whyNot)
    {
        states.Rehearse(capture, IsWanted, cancellation);
        if (CopiesAll)
        {
            pages.PrepareRefresh();
        }

        capture.ReserveDouble();
        runtimes.ReserveDouble();
        work.Evidence.SetMap(process.Map);
        Choose();
        Stacks?.Prepare(process.Map, _threadIds.Count, process.Memory);
        work.Prepare();
        WarmUp();
        work.Prepare();
        _facts.Clear();
        _factsReader.ReadAll(_threadIds, _facts);
        work.After?.Invoke(FreezeStep.Rehearsed);
        if (work.Kind != FreezeKind.HoldersOnly)
        {
            // As late as possible: the GIL goes on meanwhile.
            whyNot = ChooseAnew();
            if (whyNot is not null)
            {
                return default;
            }
        }

        whyNot = null;
        process.Memory.PauseBudget = new FileBudget(FileBudget.LimitInPause, mostUnanswered: 1, CancellationToken.None);
        try
        {
            return process.RunStopped(work, readsRegisters: true, cancellation, [.. _threadIds]);
        }
        finally
        {
            process.Memory.PauseBudget = null;
            work.After?.Invoke(FreezeStep.LetGo);
        }
    }

    /// <summary>Reads the GILs again.</summary>
    /// <returns>Null, or why they prove nothing now.</returns>
    public string? ReadGils()
    {
        string? whyNot = holders.Begin();
        holders.ForgetUnlisted(capture);
        return whyNot ?? WhyUnknownHolder();
    }

    /// <summary>Why the last holder of a GIL cannot be stopped; null if it can, or if there is none.</summary>
    // A last holder that is in no list has ended, and no one can take the GIL in its name but a new thread with a state at the same address: that one would
    // be at the head of a list.
    public string? WhyUnknownHolder()
    {
        foreach (GilHolder holder in holders.Items)
        {
            if (holder.ThreadId == 0 && (holder.Before.IsHeld || capture.HasState(holder.Before.LastHolder)))
            {
                return "the OS thread of its GIL's last holder is unknown";
            }
        }

        return null;
    }

    private string? ChooseAnew()
    {
        if (ReadGils() is string whyNot)
        {
            return whyNot;
        }

        if (holders.Items.Count > work.Room)
        {
            work.Prepare();
        }

        Choose();
        return null;
    }

    private void Choose()
    {
        _threadIds.Clear();
        foreach (GilHolder holder in holders.Items)
        {
            Add(holder.ThreadId);
        }

        // A holder may be among them.
        for (int i = 0; Sleeping is not null && i < Sleeping.Others.Count; i++)
        {
            Add(Sleeping.Others[i]);
        }
    }

    private void Add(int threadId)
    {
        if (threadId != 0 && !_threadIds.Contains(threadId))
        {
            _threadIds.Add(threadId);
        }
    }

    private bool IsWanted(RawThread thread)
    {
        if (work.Kind == FreezeKind.Moved && moved.HasMoved(thread))
        {
            return true;
        }

        foreach (GilHolder holder in holders.Items)
        {
            if (holder.ThreadId != 0 && holder.State.PthreadId == thread.PthreadId)
            {
                return true;
            }
        }

        return false;
    }

    // The first time in this process, on the running target: so that nothing is compiled or bound while it is stopped.
    private void WarmUp()
    {
        int kind = 1 << ((HasValues ? 1 : 0) + (work.Kind == FreezeKind.Everything ? 2 : 0) + (Stacks is null ? 0 : 4) + (work.Changing.Count > 0 ? 8 : 0));
        if ((_warm & kind) != 0)
        {
            return;
        }

        Action<FreezeStep>? after = work.After;
        work.After = null;
        PauseRunner.WarmUp(process.Facts, process.Processor.Registers, work);
        work.After = after;
        states.Rehearse(capture, IsWanted, work.Cancellation);
        if (CopiesAll)
        {
            pages.PrepareRefresh();
        }

        _ = Interlocked.Or(ref _warm, kind);
    }
}
