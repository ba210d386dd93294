using System;
using System.Numerics;

namespace PyStack.Engine.Profiling;

/// <summary>
/// Counts stacks. Each different one is kept once, in one array of frames; a sample of a known stack is a hash and a comparison. Allocates only for new stacks.
/// </summary>
internal sealed class StackTable
{
    private readonly ulong _first = (ulong)Random.Shared.NextInt64() | 0x4000_0000_0000_0001;
    private readonly ulong _second = (ulong)Random.Shared.NextInt64() | 0x4000_0000_0000_0001;
    private Entry[] _entries = new Entry[256];
    private int[] _slots = new int[1024];
    private SampledFrame[] _frames = new SampledFrame[4096];
    private int _frameCount;

    /// <summary>How many different stacks there are.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes that the table takes.</summary>
    public long Size => ((long)_entries.Length * 40) + (_slots.Length * 4L) + (_frames.Length * 16L);

    /// <summary>Finds a stack, or adds it.</summary>
    /// <param name="group">What else tells samples apart: the thread, whether it waited, whether it had the GIL.</param>
    /// <param name="isNew">Whether it was not there.</param>
    /// <returns>Its number.</returns>
    public int Find(ReadOnlySpan<SampledFrame> frames, long group, out bool isNew)
    {
        ulong hash = HashOf(frames, group);
        int mask = _slots.Length - 1;
        for (int i = (int)hash & mask; ; i = (i + 1) & mask)
        {
            int index = _slots[i] - 1;
            if (index < 0)
            {
                isNew = true;
                return Add(frames, group, hash, i);
            }

            ref Entry entry = ref _entries[index];
            if (entry.Hash == hash && entry.Group == group && frames.SequenceEqual(_frames.AsSpan(entry.First, entry.Length)))
            {
                isNew = false;
                return index;
            }
        }
    }

    /// <summary>Counts a sample of a stack.</summary>
    public void Increment(int index) => _entries[index].Count++;

    /// <summary>Frames, innermost first.</summary>
    public ReadOnlySpan<SampledFrame> FramesOf(int index) => _frames.AsSpan(_entries[index].First, _entries[index].Length);

    public long GroupOf(int index) => _entries[index].Group;

    public long CountOf(int index) => _entries[index].Count;

    // Two multiplications by random odd numbers for each frame: a hostile target cannot choose what collides.
    private ulong HashOf(ReadOnlySpan<SampledFrame> frames, long group)
    {
        ulong hash = (ulong)group * _first;
        foreach (ref readonly SampledFrame frame in frames)
        {
            hash = BitOperations.RotateLeft((hash ^ frame.Code) * _first, 31) ^ (frame.Instruction * _second);
        }

        hash *= _second;
        return hash ^ (hash >> 32);
    }

    private int Add(ReadOnlySpan<SampledFrame> frames, long group, ulong hash, int slot)
    {
        if (_frameCount + frames.Length > _frames.Length)
        {
            Array.Resize(ref _frames, Math.Max(_frames.Length * 2, _frameCount + frames.Length));
        }

        if (Count == _entries.Length)
        {
            Array.Resize(ref _entries, Count * 2);
        }

        frames.CopyTo(_frames.AsSpan(_frameCount));
        _entries[Count] = new Entry { Hash = hash, Group = group, First = _frameCount, Length = frames.Length };
        _frameCount += frames.Length;
        _slots[slot] = ++Count;
        if (Count * 2 > _slots.Length)
        {
            Grow();
        }

        return Count - 1;
    }

    private void Grow()
    {
        _slots = new int[_slots.Length * 2];
        int mask = _slots.Length - 1;
        for (int index = 0; index < Count; index++)
        {
            int i = (int)_entries[index].Hash & mask;
            while (_slots[i] != 0)
            {
                i = (i + 1) & mask;
            }

            _slots[i] = index + 1;
        }
    }

    private struct Entry
    {
        public ulong Hash;
        public long Group;
        public long Count;
        public int First;
        public int Length;
    }
}
