using System;
using System.Collections.Generic;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Targets.Live.Stacks;

/// <summary>
/// Says which part of a target's memory a thread's stack is, from its registers. Made before a pause and asked inside it, so it
/// holds plain arrays and allocates nothing.
/// </summary>
internal sealed class StackBounds
{
    /// <summary>Below the stack pointer: the red zone of the System V ABI for x86-64 (3.2.2) is 128 bytes.</summary>
    private const ulong RedZone = 128;

    /// <summary>What is copied of a stack that is not the thread's own: of a signal handler, of a coroutine.</summary>
    private const ulong ForeignBytes = 256 << 10;

    /// <summary>What is copied of a stack whose mapping is not known: the thread was born after the maps were read.</summary>
    private const ulong UnknownBytes = 16 << 10;

    private const string MainStack = "[stack]";

    private readonly ulong[] _starts;
    private readonly ulong[] _ends;
    private readonly ulong _most;
    private readonly AddressRange _mainStack;

    public StackBounds(MemoryMap map, Limits limits)
    {
        List<ulong> starts = [];
        List<ulong> ends = [];
        foreach (MemoryRegion region in map.Regions)
        {
            if (region.IsReadable && region.IsWritable)
            {
                starts.Add(region.Range.Start);
                ends.Add(region.Range.End);
                if (region.Path == MainStack)
                {
                    _mainStack = region.Range;
                }
            }
        }

        _starts = [.. starts];
        _ends = [.. ends];
        _most = (ulong)limits.StackBytesPerThread;
    }

    /// <summary>The part of the stack that is in use.</summary>
    /// <param name="threadPointer">The thread-local storage base, above which glibc's threads have no stack; 0 where unknown.</param>
    /// <param name="isMain">Whether it is the process's first thread, whose stack the kernel made.</param>
    /// <param name="ownStack">
    /// Where the thread's own stack is, if <paramref name="stackPointer"/> is on another one: then its used part is still to be found. Else empty.
    /// </param>
    public AddressRange UsedPart(ulong stackPointer, ulong threadPointer, bool isMain, out AddressRange ownStack)
    {
        AddressRange region = RegionOf(stackPointer);
        AddressRange own = OwnStack(stackPointer, threadPointer, isMain, region);
        ownStack = default;
        if (own.Contains(stackPointer))
        {
            return Cut(stackPointer, own, _most);
        }

        if (own.Length == 0)
        {
            // The end of the thread's own stack is not recorded: its mapping is used.
            return region.Length == 0 ? default : Cut(stackPointer, region, threadPointer == 0 ? _most : ForeignBytes);
        }

        ownStack = own;
        return region.Length == 0 ? default : Cut(stackPointer, region, ForeignBytes);
    }

    private AddressRange OwnStack(ulong stackPointer, ulong threadPointer, bool isMain, AddressRange region)
    {
        if (isMain && _mainStack.Length > 0)
        {
            // It may have grown downwards since the maps were read.
            ulong start = _mainStack.Start;
            return stackPointer < start && region.Length == 0 && start - stackPointer < _most ? new AddressRange(stackPointer, _mainStack.End) : _mainStack;
        }

        if (threadPointer == 0)
        {
            return default;
        }

        AddressRange own = RegionOf(threadPointer);
        if (own.Length > 0)
        {
            return new AddressRange(own.Start, threadPointer);
        }

        return stackPointer < threadPointer && threadPointer - stackPointer < UnknownBytes ? new AddressRange(stackPointer, threadPointer) : default;
    }

    private AddressRange RegionOf(ulong address)
    {
        int index = SortedSearch.LastAtOrBefore(_starts, address);
        return index >= 0 && address < _ends[index] ? new AddressRange(_starts[index], _ends[index]) : default;
    }

    // The red zone belongs to it as far as the mapping goes.
    private static AddressRange Cut(ulong stackPointer, AddressRange stack, ulong most)
    {
        ulong start = stackPointer - Math.Min(RedZone, stackPointer - stack.Start);
        return new AddressRange(start, Math.Min(stack.End, start + Math.Min(most, stack.End - start)));
    }
}
