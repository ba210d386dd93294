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
internal sealed class LoopEvidence
{
    private const string MainStack = "[stack]";

    /// <summary>How much of a stack is searched where the version marks no loop (to 3.9). What a loop calls before it waits takes less nearly always.</summary>
    private const int SearchedBytes = 64 << 10;

    private readonly byte[] _stack = new byte[SearchedBytes];
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
    public bool IsRunBy(in RawThread state, RawCapture frames, ulong stackPointer, bool isMain, IMemorySource memory)
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

        return mark != 0 ? mark - stackPointer < end - stackPointer : IsMentioned(state, frames, new AddressRange(stackPointer, end), memory);
    }

    // An evaluation loop has its frame and its thread state at hand until it ends: each is in a register that the functions which it calls have saved.
    private bool IsMentioned(in RawThread state, RawCapture frames, AddressRange stack, IMemorySource memory)
    {
        ulong innermost = frames.Frames[state.FirstFrame].Address;
        int length = memory.Read(stack.Start & ~7UL, _stack.AsSpan(0, (int)Math.Min(stack.Length, SearchedBytes)));
        foreach (ulong word in MemoryMarshal.Cast<byte, ulong>(_stack.AsSpan(0, Math.Max(0, length))))
        {
            if (word == innermost || word == state.Address)
            {
                return true;
            }
        }

        return false;
    }
}
