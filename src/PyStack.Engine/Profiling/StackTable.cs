using System;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace PyStack.Engine.Profiling;

/// <summary>
/// Counts stacks. Each different one is kept once, in one array of frames; a sample of a known stack is a hash and a comparison. Allocates only for new stacks, of which there is a limit.
/// </summary>
/// <param name="maxStacks">How many different stacks there may be.</param>
/// <param name="maxFrames">How many frames they may have in all.</param>
internal sealed class StackTable(int maxStacks = StackTable.MaxStacks, int maxFrames = StackTable.MaxFrames)
{
    /// <summary>100,000 different stacks are many; an entry takes about 64 bytes with its slots.</summary>
    public const int MaxStacks = 400_000;

    /// <summary>Of 16 bytes each.</summary>
    public const int MaxFrames = 4_000_000;

    private readonly ulong _first = (ulong)Random.Shared.NextInt64() | 0x4000_0000_0000_0001;
    private readonly ulong _second = (ulong)Random.Shared.NextInt64() | 0x4000_0000_0000_0001;
    private Entry[] _entries = new Entry[256];
    private int[] _slots = new int[1024];
    private SampledFrame[] _frames = new SampledFrame[4096];
    private int[] _pending = new int[256];
    private int _frameCount;
    private int _pendingCount;

    /// <summary>How many different stacks there are.</summary>
    public int Count { get; private set; }

    /// <summary>Stacks that were counted since <see cref="Settle"/>.</summary>
    public ReadOnlySpan<int> Pending => _pending.AsSpan(0, _pendingCount);

    /// <summary>Bytes that the table takes.</summary>
    public long Size => ((long)_entries.Length * Unsafe.SizeOf<Entry>()) + (_slots.Length * 4L) + (_frames.Length * 16L) + (_pending.Length * 4L);

    /// <summary>Finds a stack, or adds it.</summary>
    /// <param name="group">What else tells samples apart: the thread, whether it waited, whether it had the GIL.</param>
    /// <param name="isNew">Whether it was not there.</param>
    /// <param name="isAlways">Whether there is room for it in any case.</param>
    /// <returns>Its number; -1 if it is not there, and there is no room for it.</returns>
    public int Find(ReadOnlySpan<SampledFrame> frames, long group, out bool isNew, bool isAlways = false)
    {
        ulong hash = HashOf(frames, group);
        int mask = _slots.Length - 1;
        for (int i = (int)hash & mask; ; i = (i + 1) & mask)
        {
            int index = _slots[i] - 1;
            if (index < 0)
            {
                isNew = isAlways || (Count < maxStacks && _frameCount + frames.Length <= maxFrames);
                return !isNew ? -1 : Add(frames, group, hash, i);
            }

            ref Entry entry = ref _entries[index];
            if (entry.Hash == hash && entry.Group == group && !entry.IsClosed && frames.SequenceEqual(_frames.AsSpan(entry.First, entry.Length)))
            {
                isNew = false;
                return index;
            }
        }
    }

    /// <summary>Counts a sample of a stack, until <see cref="Settle"/> on probation.</summary>
    /// <param name="count">How many samples, 1 or more.</param>
    public void Increment(int index, long count = 1)
    {
        bool isFirst = _entries[index].Pending == 0;
        _entries[index].Pending += count;
        if (isFirst)
        {
            if (_pendingCount == _pending.Length)
            {
                Array.Resize(ref _pending, _pendingCount * 2);
            }

            _pending[_pendingCount++] = index;
        }
    }

    /// <summary>Counts all samples that are on probation.</summary>
    public void Settle()
    {
        foreach (int index in Pending)
        {
            ref Entry entry = ref _entries[index];
            entry.Count += entry.Pending;
            entry.Pending = 0;
        }

        _pendingCount = 0;
    }

    /// <summary>Forgets the samples of a stack that are on probation.</summary>
    /// <returns>How many they were.</returns>
    public long Drop(int index)
    {
        long count = _entries[index].Pending;
        _entries[index].Pending = 0;
        return count;
    }

    /// <summary>From now on the same frames are another stack: one of their addresses has become that of another code object.</summary>
    public void Close(int index) => _entries[index].IsClosed = true;

    public bool IsClosed(int index) => _entries[index].IsClosed;

    /// <summary>Whether all of its calls are proved.</summary>
    public bool IsProved(int index) => _entries[index].IsProved;

    public void SetProved(int index) => _entries[index].IsProved = true;

    /// <summary>Whether all of its code objects are known to stay where they are.</summary>
    public bool IsLasting(int index) => _entries[index].IsLasting;

    public void SetLasting(int index) => _entries[index].IsLasting = true;

    /// <summary>Whether one of its frames has no code object: then it was never a stack.</summary>
    public bool IsInvalid(int index) => _entries[index].IsInvalid;

    public void SetInvalid(int index) => _entries[index].IsInvalid = true;

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
            Array.Resize(ref _frames, Math.Max(Math.Min(_frames.Length * 2, maxFrames), _frameCount + frames.Length));
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
        public long Pending;
        public bool IsClosed;
        public bool IsProved;
        public bool IsLasting;
        public bool IsInvalid;
        public int First;
        public int Length;
    }
}
