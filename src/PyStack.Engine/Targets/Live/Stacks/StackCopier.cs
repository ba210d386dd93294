using System;
using System.Collections.Generic;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using PyStack.Engine.Processors;
using PyStack.Engine.Targets.Live.Stopping;

namespace PyStack.Engine.Targets.Live.Stacks;

/// <summary>
/// Copies the registers of all threads and the used part of their stacks while they are stopped: a register call for each thread and one
/// memory call for all. The copy is decoded when the target runs again.
/// </summary>
internal sealed class StackCopier(int processId, ThreadRegisters form, Limits limits) : IDisposable
{
    /// <summary>The size of a thread's used stack in most cases; the memory for it is made before the pause.</summary>
    private const int UsualBytes = 16 << 10;

    private const int WarmUps = 3;

    private readonly StackArena _stacks = new(limits);
    private byte[] _registers = [];
    private int[] _threadIds = [];
    private StackBounds _bounds = new(new MemoryMap([]), limits);

    /// <summary>How many threads were copied.</summary>
    public int Count { get; private set; }

    /// <summary>Prepares for a number of threads: reserves memory, touches it, and makes a copy once.</summary>
    public void Prepare(MemoryMap map, int threads, IScatteredMemorySource memory)
    {
        _bounds = new StackBounds(map, limits);
        int room = (threads * 2) + 64;
        if (_threadIds.Length < room)
        {
            _threadIds = new int[room];
            _registers = new byte[room * form.Size];
        }

        _stacks.Reserve(room * 2, (long)threads * UsualBytes);
        Clear();
        if (map.Regions.Count > 0)
        {
            // Everything that the pause will call is called here once, so that nothing is compiled or bound while a target is stopped.
            ulong start = map.Regions[0].Range.Start;
            for (int i = 0; i < WarmUps; i++)
            {
                Span<byte> registers = RegistersAt(0);
                _ = _bounds.UsedPart(form.StackPointer(registers), form.ThreadPointer(registers), isMain: i == 0, out AddressRange ownStack);
                _stacks.Add(0, new AddressRange(start, start + 64), ownStack);
            }

            _stacks.Fetch(0, memory);
        }

        Clear();
    }

    /// <summary>The work inside the pause. Allocates only where stacks are much larger than usual.</summary>
    public void Copy(in StoppedThreads threads, IScatteredMemorySource memory)
    {
        Clear();
        int foreign = 0;
        for (int i = 0; i < threads.Count && Count < _threadIds.Length; i++)
        {
            if (!threads.TryGetRegisters(i, out ReadOnlySpan<byte> read))
            {
                continue;
            }

            int threadId = threads.ThreadIdAt(i);
            Span<byte> registers = RegistersAt(Count);
            read.CopyTo(registers);

            _threadIds[Count] = threadId;
            AddressRange used = _bounds.UsedPart(
                form.StackPointer(registers), form.ThreadPointer(registers), threadId == processId, out AddressRange ownStack);
            _stacks.Add(Count, used, ownStack);
            foreign += ownStack.Length > 0 ? 1 : 0;
            Count++;
        }

        _stacks.Fetch(0, memory);
        if (foreign > 0)
        {
            CopyOwnStacks(memory);
        }
    }

    public int ThreadIdAt(int index) => _threadIds[index];

    /// <summary>The registers of a thread as <c>NT_PRSTATUS</c> has them.</summary>
    public Span<byte> RegistersAt(int index) => _registers.AsSpan(index * form.Size, form.Size);

    /// <summary>Reads from the copied stack of one thread, until the next copy is made.</summary>
    public IMemorySource StackAt(int index) => new StackView(_stacks, index);

    /// <summary>What of the memory <see cref="StackAt"/> has.</summary>
    public IReadOnlyList<AddressRange> RangesAt(int index) => _stacks.RangesOf(index);

    public void Dispose()
    {
        _stacks.Dispose();
        Count = 0;
    }

    private void Clear()
    {
        Count = 0;
        _stacks.Clear();
    }

    // A thread on another stack than its own (in a signal handler, a coroutine) has saved where it was on its own: the lowest address of
    // it that is on the other stack is where the used part begins at the latest.
    private void CopyOwnStacks(IScatteredMemorySource memory)
    {
        int first = _stacks.Count;
        for (int i = 0; i < first; i++)
        {
            ReadOnlySpan<ulong> words = _stacks.WordsOf(i, out int thread, out AddressRange ownStack);
            ulong lowest = ulong.MaxValue;
            for (int word = 0; ownStack.Length > 0 && word < words.Length; word++)
            {
                if (ownStack.Contains(words[word]) && words[word] < lowest)
                {
                    lowest = words[word];
                }
            }

            if (lowest != ulong.MaxValue)
            {
                lowest &= ~7UL;
                ulong end = Math.Min(ownStack.End, lowest + (ulong)limits.StackBytesPerThread);
                _stacks.Add(thread, new AddressRange(lowest, end));
            }
        }

        _stacks.Fetch(first, memory);
    }

    private sealed class StackView(StackArena stacks, int thread) : IMemorySource
    {
        public int Read(ulong address, Span<byte> destination) => stacks.Read(thread, address, destination);
    }
}
