using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using PyStack.Engine.Memory;
using PyStack.Engine.Native;

namespace PyStack.Engine.Profiling;

/// <summary>
/// The memory that one sample of a thread copies, in one call and in this order: the fields of the thread state that tell whose it is, where the innermost frame is, the frames, the inner frames again, where the
/// innermost frame is, the fields of the thread state again, and the GIL and the collector's flag. The frames are read where they were in the samples before. Each piece costs the kernel a walk of the page
/// tables: what lies near is one piece, and outer frames are copied once, between the two copies of the inner ones: as long as an inner one stands, so do those outside of it.
/// Other memory (<see cref="SetExtra"/>) is read between the two copies of the frames.
/// </summary>
internal sealed unsafe class SampledRanges : IDisposable
{
    /// <summary>Frames that are so near belong to one range: a page more costs less than a range more. Those of 3.11 and later lie one after the other.</summary>
    private const ulong MaxGap = 4096;

    /// <summary>After the innermost frame there may be others in the next sample.</summary>
    private const ulong Spare = 1024;

    /// <summary>Ranges of frames that have been elsewhere before are kept up to this size in all.</summary>
    private const int MaxKeptBytes = 32 << 10;

    private const ulong PageMask = 4095;
    private const int MaxRanges = 8192;
    private const int MaxBytes = 4 << 20;

    private readonly int _processId;
    private readonly ulong _state;
    private readonly int _stateLength;
    private readonly int? _headInState;
    private readonly ulong _spare;
    private readonly IoVector[] _after;
    private readonly int _afterLength;
    private readonly List<(ulong Start, ulong End, bool IsTwice)> _next = [];
    private readonly FileBackedPages? _files;
    private Range[] _ranges = new Range[8];
    private int _count;
    private int _twice;
    private int _last;
    private IoVector[] _remote = new IoVector[16];
    private byte* _buffer;
    private int _capacity;
    private int _length;
    private int _twiceLength;
    private readonly HeadPlaces _heads = new(MaxGap);
    private int _pieces;
    private IoVector[] _extra = [];
    private int _extraLength;

    /// <param name="state">The fields of the thread state.</param>
    /// <param name="headInState">Where among these fields the address of the innermost frame is; null if it is elsewhere (<see cref="TryAddHead"/>).</param>
    /// <param name="areInARow">Whether frames lie one after the other, so that the next call's frame is after the innermost one.</param>
    /// <param name="after">What is read after all: the GIL and the like.</param>
    /// <param name="files">What tells of memory whether it has to be fetched from a file; null for none.</param>
    public SampledRanges(int processId, ulong state, int stateLength, int? headInState, bool areInARow, IoVector[] after, FileBackedPages? files)
    {
        (_files, _headInState, _spare) = (files, headInState, areInARow ? Spare : 0);
        (_processId, _state, _stateLength, _after) = (processId, state, stateLength, after);
        foreach (IoVector piece in after)
        {
            _afterLength += (int)piece.Length;
        }

        Prepare();
    }

    /// <summary>Sets a place where the address of the innermost frame may be, besides those that were set before; false if reading it may wait for a disk or another program.</summary>
    public bool TryAddHead(ulong address)
    {
        if (_headInState is not null)
        {
            return true;
        }

        if (MayWait(address, sizeof(ulong)))
        {
            return false;
        }

        _heads.Add(address);
        Prepare();
        return true;
    }

    /// <summary>The fields of the thread state, before the frames were copied.</summary>
    public ReadOnlySpan<byte> StateBefore => new(_buffer, _stateLength);

    /// <summary>The same after it.</summary>
    public ReadOnlySpan<byte> StateAfter => new(_buffer + StateAfterOffset, _stateLength);

    /// <summary>What was read after all, one piece after the other.</summary>
    public ReadOnlySpan<byte> After => new(_buffer + StateAfterOffset + _stateLength, _afterLength);

    private int FirstOffset => _stateLength + _heads.Length;

    private int ExtraOffset => FirstOffset + _length;

    private int SecondOffset => ExtraOffset + _extraLength;

    private int StateAfterOffset => SecondOffset + _twiceLength + _heads.Length;

    private int Length => StateAfterOffset + _stateLength + _afterLength;

    /// <summary>Sets where the frames are expected: at these places, and where they were before.</summary>
    /// <param name="frames">Innermost first.</param>
    /// <param name="frameSize">Bytes that are read of a frame.</param>
    /// <param name="inner">How many of them are copied twice.</param>
    /// <returns>False if they are too many.</returns>
    public bool Expect(ReadOnlySpan<ulong> frames, int frameSize, int inner)
    {
        _next.Clear();
        for (int i = 0; i < frames.Length; i++)
        {
            ulong frame = frames[i];
            ulong end = frame + (ulong)frameSize;
            if (end < frame || MayWait(frame, frameSize + (int)_spare))
            {
                Clear();
                return false;
            }

            _next.Add((frame, Math.Max(end, Math.Min(end + _spare, (end | PageMask) + 1)), i < inner));
        }

        for (int i = 0; _length < MaxKeptBytes && i < _count; i++)
        {
            _next.Add((_ranges[i].Start, _ranges[i].End, _ranges[i].IsTwice));
        }

        _next.Sort();
        (_count, _twice) = (0, 0);
        foreach ((ulong start, ulong end, bool isTwice) in _next)
        {
            if (_count > 0 && start <= _ranges[_count - 1].End + MaxGap)
            {
                ref Range last = ref _ranges[_count - 1];
                last.End = Math.Max(end, last.End);
                last.IsTwice |= isTwice;
                continue;
            }

            if (_count == _ranges.Length)
            {
                Array.Resize(ref _ranges, _count * 2);
            }

            _ranges[_count++] = new Range { Start = start, End = end, IsTwice = isTwice };
        }

        if (_count > MaxRanges || !TryPlace())
        {
            Clear();
            return false;
        }

        Prepare();
        return true;
    }

    /// <summary>What else was read, one piece after the other; empty if nothing is.</summary>
    public ReadOnlySpan<byte> Extra => new(_buffer + ExtraOffset, _extraLength);

    /// <summary>Sets what else is read, from the next copy on.</summary>
    /// <remarks>Nothing is read if some of it would have to be fetched from a file: the addresses are the target's.</remarks>
    public void SetExtra(ReadOnlySpan<IoVector> pieces)
    {
        foreach (IoVector piece in pieces)
        {
            if (MayWait(piece.Base, (int)piece.Length))
            {
                pieces = default;
                break;
            }
        }

        _extra = _extra.Length == pieces.Length ? _extra : new IoVector[pieces.Length];
        pieces.CopyTo(_extra);
        _extraLength = 0;
        foreach (IoVector piece in pieces)
        {
            _extraLength += (int)piece.Length;
        }

        Prepare();
    }

    /// <summary>Forgets all places.</summary>
    public void Clear()
    {
        (_extra, _extraLength) = ([], 0);
        (_count, _twice) = (0, 0);
        (_length, _twiceLength) = (0, 0);
        _heads.Clear();
        Prepare();
    }

    /// <summary>Takes a copy. False if some of the memory is not there (any more).</summary>
    public bool TryCopy()
    {
        byte* to = _buffer;
        for (int done = 0; done < _pieces;)
        {
            int pieces = Math.Min(ProcessMemory.MaxPieces, _pieces - done);
            nuint length = (nuint)(_buffer + Length - to);
            if (pieces < _pieces - done)
            {
                length = 0;
                for (int i = 0; i < pieces; i++)
                {
                    length += _remote[done + i].Length;
                }
            }

            IoVector local = new() { Base = (nuint)to, Length = length };
            fixed (IoVector* remote = &_remote[done])
            {
                if (ProcessMemory.Read(_processId, &local, 1, remote, pieces) != (nint)length)
                {
                    return false;
                }
            }

            to += length;
            done += pieces;
        }

        return true;
    }

    /// <summary>Finds a frame in both copies; false if it is not where one was expected. The second one is null for a place that is copied once.</summary>
    public bool TryFind(ulong address, int frameSize, out byte* first, out byte* second)
    {
        if (_last >= _count || address < _ranges[_last].Start || address >= _ranges[_last].End)
        {
            int low = 0;
            int high = _count - 1;
            while (low < high)
            {
                int middle = (low + high + 1) / 2;
                (low, high) = _ranges[middle].Start <= address ? (middle, high) : (low, middle - 1);
            }

            _last = low;
        }

        ref Range range = ref _ranges[_last];
        if (_count == 0 || address < range.Start || address >= range.End || range.End - address < (ulong)frameSize)
        {
            first = second = null;
            return false;
        }

        int offset = range.Offset + (int)(address - range.Start);
        first = _buffer + FirstOffset + offset;
        second = range.IsTwice ? _buffer + SecondOffset + offset : null;
        return true;
    }

    public void Dispose()
    {
        NativeMemory.Free(_buffer);
        _buffer = null;
        _capacity = 0;
    }

    /// <summary>The address of the innermost frame, before the frames were copied.</summary>
    /// <param name="place">Where it was.</param>
    /// <param name="head">0 if that place was not copied.</param>
    /// <returns>Whether it was.</returns>
    public bool TryFindHeadBefore(ulong place, out ulong head) => TryFindHead(place, _buffer, _stateLength, out head);

    /// <inheritdoc cref="TryFindHeadBefore"/>
    /// <summary>The same after they were copied.</summary>
    public bool TryFindHeadAfter(ulong place, out ulong head) => TryFindHead(place, _buffer + StateAfterOffset, -_heads.Length, out head);

    /// <summary>
    /// Whether memory would have to be fetched from a file. Frames are in anonymous memory; the addresses are the target's: it may name memory of a file whose disk does not answer, or that another program serves,
    /// where a read would never end.
    /// </summary>
    public bool MayWait(ulong address, int length) => _files is not null && _files.MayWait(address, length, out _);

    private bool TryFindHead(ulong place, byte* state, int heads, out ulong head)
    {
        head = 0;
        if (_headInState is int at)
        {
            head = *(ulong*)(state + at);
            return true;
        }

        if (_heads.Find(place) is not int offset)
        {
            return false;
        }

        head = *(ulong*)(state + heads + offset);
        return true;
    }

    // Those that are copied twice come first in both copies. False if they are too long.
    private bool TryPlace()
    {
        ulong total = 0;
        for (int pass = 0; pass < 2; pass++)
        {
            for (int i = 0; i < _count && total <= MaxBytes; i++)
            {
                ref Range range = ref _ranges[i];
                if (range.IsTwice == (pass == 0))
                {
                    range.Offset = (int)total;
                    total += range.End - range.Start;
                    _twice += pass == 0 ? 1 : 0;
                }
            }

            _twiceLength = pass == 0 ? (int)Math.Min(total, MaxBytes) : _twiceLength;
        }

        _length = (int)Math.Min(total, MaxBytes);
        return total <= MaxBytes;
    }

    private void Prepare()
    {
        int length = Length;
        if (_capacity < length)
        {
            _capacity = Math.Max(length, Math.Max(8 << 10, _capacity * 2));
            _buffer = (byte*)NativeMemory.Realloc(_buffer, (nuint)_capacity);
        }

        ReadOnlySpan<IoVector> pieces = _heads.Pieces;
        int heads = pieces.Length;
        int second = 1 + heads + _count + _extra.Length;
        int after = second + _twice + heads;
        _pieces = after + 1 + _after.Length;
        if (_remote.Length < _pieces)
        {
            _remote = new IoVector[_pieces * 2];
        }

        _remote[0] = _remote[after] = new IoVector { Base = (nuint)_state, Length = (nuint)_stateLength };
        pieces.CopyTo(_remote.AsSpan(1));
        pieces.CopyTo(_remote.AsSpan(after - heads));
        int twice = 0;
        int once = _twice;
        for (int i = 0; i < _count; i++)
        {
            ref Range range = ref _ranges[i];
            IoVector piece = new() { Base = (nuint)range.Start, Length = (nuint)(range.End - range.Start) };
            if (range.IsTwice)
            {
                _remote[second + twice] = piece;
            }

            _remote[1 + heads + (range.IsTwice ? twice++ : once++)] = piece;
        }

        _extra.CopyTo(_remote, 1 + heads + _count);
        _after.CopyTo(_remote, after + 1);
    }

    private struct Range
    {
        public ulong Start;
        public ulong End;
        public bool IsTwice;

        /// <summary>In the first copy, and in the second one.</summary>
        public int Offset;
    }
}
