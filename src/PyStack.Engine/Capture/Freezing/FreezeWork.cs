using System;
using System.Collections.Generic;
using System.Threading;
using PyStack.Engine.Memory;
using PyStack.Engine.Processors;
using PyStack.Engine.Python.Frames;
using PyStack.Engine.Python.Repr;
using PyStack.Engine.Python.Runtime;
using PyStack.Engine.Targets.Live;
using PyStack.Engine.Targets.Live.Stacks;
using PyStack.Engine.Targets.Live.Stopping;

namespace PyStack.Engine.Capture.Freezing;

/// <summary>The work while the last holders of the GILs are stopped. Allocates nothing.</summary>
internal sealed class FreezeWork(
    LiveProcess process, RuntimeSet runtimes, PageSnapshot pages, RawCapture capture, GilHolders holders, FrozenStates states) : IPauseWork
{
    /// <summary>CPython 3.10: see <see cref="RawThread.LoopMark"/> and <see cref="RawFrame.Anchor"/>.</summary>
    private const int FirstWithMarks = 10;

    private readonly ThreadRegisters _registers = process.Processor.Registers;
    private readonly LoopEvidence _evidence = new(LacksMarks(runtimes));
    private GilState[] _frozen = [];
    private bool _isUncopied;

    /// <summary>How much is to be copied.</summary>
    public FreezeKind Kind { get; set; }

    /// <summary>Whether the values of all frames are copied as well.</summary>
    public bool CopiesValues { get; set; }

    /// <summary>The slots of the pages that the holders keep changing, which are copied as well where others' values need them.</summary>
    public required List<int> Changing { get; init; }

    /// <summary>Copies the registers and stacks of the threads that are stopped; null if no native frames are wanted.</summary>
    public StackCopier? Stacks { get; init; }

    /// <summary>For tests: called after each step.</summary>
    public Action<FreezeStep>? After { get; set; }

    public CancellationToken Cancellation { get; set; }

    /// <summary>Whether the copy is of one moment.</summary>
    public bool HasWon { get; private set; }

    /// <summary>Whether a stopped holder is not, or not provably, the thread that runs its thread state.</summary>
    public bool IsOtherThread { get; private set; }

    /// <summary>The evidence for a thread that sleeps and is not stopped.</summary>
    public LoopEvidence Evidence => _evidence;

    /// <summary>How many GILs there may be without another <see cref="Prepare"/>.</summary>
    public int Room => _frozen.Length;

    /// <summary>Gets ready for a pause.</summary>
    public void Prepare()
    {
        if (_frozen.Length < holders.Items.Count)
        {
            _frozen = new GilState[holders.Items.Count];
        }

        HasWon = false;
        IsOtherThread = false;
        _isUncopied = false;

        // Called here, so that nothing is compiled or bound in the pause.
        Span<byte> none = stackalloc byte[_registers.Size];
        none.Clear();
        _ = _registers.ThreadPointer(none);
        if (capture.Threads.Count > 0)
        {
            _ = _evidence.IsRunBy(capture.Threads[0], capture, Math.Max(1, _registers.StackPointer(none)), isMain: false, process.Memory);
        }
    }

    public void Run(in StoppedThreads threads)
    {
        bool isSame = TryReadGils(isFirst: true);
        After?.Invoke(FreezeStep.Frozen);
        if (!isSame)
        {
            return;
        }

        if (Kind == FreezeKind.Everything)
        {
            pages.Refresh();
            isSame &= runtimes.TryWalk(pages, capture);
            runtimes.Prefetch(pages, capture, ValuePass.Prefetch, Cancellation);
        }
        else if (CopiesValues)
        {
            pages.Refresh();
            runtimes.Prefetch(pages, capture, ValuePass.Prefetch, Cancellation);
        }
        else if (Changing.Count > 0)
        {
            pages.RefreshOnly(Changing);
        }

        isSame &= Kind == FreezeKind.Everything || states.TryRead(capture, Cancellation);
        bool isProven = AreRunByThose(threads);
        Stacks?.Copy(in threads, process.Memory);
        After?.Invoke(FreezeStep.Copied);
        isSame &= TryReadGils(isFirst: false);
        After?.Invoke(FreezeStep.GilReadInFreeze);
        IsOtherThread = isSame && !isProven && !_isUncopied;
        HasWon = isSame && isProven;
    }

    // The first time they must be as they were before the process was read, or as they were when these threads were chosen; later as they were then.
    private bool TryReadGils(bool isFirst)
    {
        bool isSame = true;
        for (int i = 0; i < holders.Items.Count; i++)
        {
            GilHolder holder = holders.Items[i];
            isSame &= GilState.TryRead(process.Memory, holder.Address, out GilState now);
            isSame &= isFirst
                ? now.LastHolder == holder.Before.LastHolder && (Kind != FreezeKind.HoldersOnly || now.SwitchNumber == holder.Before.SwitchNumber)
                : now.HasSameHolder(_frozen[i]);
            isSame &= holder.ThreadId != 0 || !now.IsHeld;
            if (isFirst)
            {
                _frozen[i] = now;
            }
        }

        return isSame;
    }

    private static bool LacksMarks(RuntimeSet runtimes)
    {
        foreach (PythonRuntime runtime in runtimes.Runtimes)
        {
            if (runtime.Version.Minor < FirstWithMarks || runtime.Version.Major < 3)
            {
                return true;
            }
        }

        return false;
    }

    private bool AreRunByThose(in StoppedThreads threads)
    {
        bool areAll = true;
        for (int i = 0; i < holders.Items.Count; i++)
        {
            GilHolder holder = holders.Items[i];
            areAll &= holder.ThreadId == 0 || IsRunByThat(threads, holder);
        }

        return areAll;
    }

    private bool IsRunByThat(in StoppedThreads threads, GilHolder holder)
    {
        if (!TryFindState(holder, out RawCapture frames, out RawThread state))
        {
            // It has taken the GIL after the states to copy were chosen.
            _isUncopied = true;
            return false;
        }

        for (int i = 0; i < threads.Count; i++)
        {
            if (threads.ThreadIdAt(i) == holder.ThreadId && threads.TryGetRegisters(i, out ReadOnlySpan<byte> registers))
            {
                ulong pointer = _registers.ThreadPointer(registers);
                return (!_registers.HavePthreadId || pointer == state.PthreadId)
                    && _evidence.IsRunBy(state, frames, _registers.StackPointer(registers), holder.ThreadId == process.ProcessId, process.Memory, registers);
            }
        }

        return false;
    }

    private bool TryFindState(GilHolder holder, out RawCapture frames, out RawThread state)
    {
        for (int i = 0; Kind != FreezeKind.Everything && i < states.Count; i++)
        {
            frames = states.FramesAt(i);
            if (frames.Threads.Count > 0 && frames.Threads[0].Address == holder.State.Address)
            {
                state = frames.Threads[0];
                return true;
            }
        }

        frames = capture;
        for (int i = 0; Kind == FreezeKind.Everything && i < capture.Threads.Count; i++)
        {
            if (capture.Threads[i].Address == holder.State.Address)
            {
                state = capture.Threads[i];
                return true;
            }
        }

        state = default;
        return false;
    }
}
