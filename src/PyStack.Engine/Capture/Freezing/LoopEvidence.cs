using System;
using System.Runtime.InteropServices;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Frames;
using PyStack.Engine.Targets;

namespace PyStack.Engine.Capture.Freezing;

/// <summary>
/// Shows that an OS thread is the one which runs a thread state's Python: the state's innermost evaluation loop is on that thread's C stack. The ids in
/// the state do not prove it: a program that embeds Python may make a state in one thread and use it in another. Allocates nothing.
/// </summary>
/// <param name="searches">Whether there is a version that marks no loop.</param>
internal sealed class LoopEvidence(bool searches)
{
    private const string MainStack = "[stack]";

    /// <summary>How much of a stack is searched where the version marks no loop (to 3.9). What a loop calls before it waits takes less nearly always.</summary>
    private const int SearchedBytes = 64 << 10;

    private readonly byte[] _stack = new byte[searches ? SearchedBytes : 0];
    private ulong _mainStackEnd;

    /// <summary>Notes where the main thread's stack ends.</summary>
    public void SetMap(MemoryMap map)
    {
        _mainStackEnd = 0;
        foreach (MemoryRegion region in map.Regions)
        {
            if (region.Path == MainStack)
            {
                _mainStackEnd = region.Range.End;
            }
        }
    }

    /// <param name="state">A thread state whose frames were walked.</param>
    /// <param name="frames">That walk.</param>
    /// <param name="stackPointer">Of the OS thread, which must be stopped.</param>
    /// <param name="isMain">Whether it is the process's first thread, whose stack the kernel made.</param>
    /// <param name="memory">The target's memory, of now.</param>
    /// <param name="registers">The thread's general registers, or none of one that sleeps in the kernel.</param>
    public bool IsRunBy(in RawThread state, RawCapture frames, ulong stackPointer, bool isMain, IMemorySource memory, ReadOnlySpan<byte> registers = default)
    {
        // The C library keeps the struct that a pthread_t points to above the stack of its thread (glibc's allocate_stack, musl's pthread_create).
        ulong end = state.PthreadId > stackPointer ? state.PthreadId : isMain ? _mainStackEnd : 0;
        if (stackPointer == 0 || end <= stackPointer || state.FrameCount == 0)
        {
            return false;
        }

        ulong mark = state.LoopMark;
        for (int i = 0; mark == 0 && i < state.FrameCount; i++)
        {
            mark = frames.Frames[state.FirstFrame + i].Anchor;
        }

        return mark != 0 ? mark - stackPointer < end - stackPointer : IsMentioned(frames.Frames[state.FirstFrame].Address, registers, new AddressRange(stackPointer, end), memory);
    }

    // An evaluation loop has its frame at hand until it ends: in a register, or on the stack where a function that it calls has saved that register. The thread
    // state is no evidence: an outer loop of the same state, which another thread left to wait here, mentions it as well.
    private bool IsMentioned(ulong innermost, ReadOnlySpan<byte> registers, AddressRange stack, IMemorySource memory)
    {
        if (MemoryMarshal.Cast<byte, ulong>(registers).Contains(innermost))
        {
            return true;
        }

        int length = memory.Read(stack.Start & ~7UL, _stack.AsSpan(0, (int)Math.Min(stack.Length, (ulong)_stack.Length)));
        return MemoryMarshal.Cast<byte, ulong>(_stack.AsSpan(0, Math.Max(0, length))).Contains(innermost);
    }
}
