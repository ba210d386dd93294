using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using PyStack.Engine.Native;

namespace PyStack.Engine.Profiling;

/// <summary>
/// The memory that one sample of a thread copies, in one call and in this order: the fields of the thread state that tell whose it is, where the innermost frame is, the frames, where the innermost
/// frame is, the frames again, where the innermost frame is, the fields of the thread state again, and the GIL. The frames are read where they were in the samples before.
/// </summary>
internal sealed unsafe class SampledRanges : IDisposable
{
    /// <summary>Frames that are so near belong to one range: those of 3.11 and later lie one after the other.</summary>
    private const ulong MaxGap = 1024;

    /// <summary>After the innermost frame there may be others in the next sample.</summary>
    private const ulong Spare = 1024;

    /// <summary>Ranges of frames that have been elsewhere before are kept up to this size in all.</summary>
    private const int MaxKeptBytes = 32 << 10;

    private const ulong PageMask = 4095;
    private const int MaxRanges = 480;
    private const int MaxBytes = 1 << 20;

    private readonly int _processId;
    private readonly ulong _state;
    private readonly int _stateLength;
    private readonly ulong _gil;
    private readonly int _gilLength;
    private readonly List<(ulong Start, ulong End)> _ranges = [];
    private readonly List<(ulong Start, ulong End)> _next = [];
    private IoVector[] _remote = new IoVector[16];
    private byte* _buffer;
    private int _capacity;
    private int _length;
    private int _pieces;

    /// <param name="state">The fields of the thread state.</param>
    /// <param name="gil">Those of the GIL; 0 for none.</param>
    public SampledRanges(int processId, ulong state, int stateLength, ulong gil, int gilLength)
    {
        (_processId, _state, _stateLength, _gil, _gilLength) = (processId, state, stateLength, gil, gil == 0 ? 0 : gilLength);
        Prepare();
    }

    /// <summary>Where the address of the innermost frame is.</summary>
    public ulong HeadAddress { get; set; }

    /// <summary>That address.</summary>
    public ulong Head => HeadAt(0);

    /// <summary>Whether it was the same all the time.</summary>
    public bool IsHeadSame => HeadAt(0) == HeadAt(1) && HeadAt(1) == HeadAt(2);

    /// <summary>The fields of the thread state, before the frames were copied.</summary>
    public ReadOnlySpan<byte> StateBefore => new(_buffer, _stateLength);

    /// <summary>The same after it.</summary>
    public ReadOnlySpan<byte> StateAfter => new(_buffer + StateAfterOffset, _stateLength);

    /// <summary>The GIL, last of all; empty if none is read.</summary>
    public ReadOnlySpan<byte> Gil => new(_buffer + StateAfterOffset + _stateLength, _gilLength);

    private int FirstOffset => _stateLength + sizeof(ulong);

    private int SecondOffset => FirstOffset + _length + sizeof(ulong);

    private int StateAfterOffset => SecondOffset + _length + sizeof(ulong);

    /// <summary>Sets where the frames are expected: at these places, and where they were before.</summary>
    /// <param name="frameSize">Bytes that are read of a frame.</param>
    /// <returns>False if they are too many.</returns>
    public bool Expect(ReadOnlySpan<ulong> frames, int frameSize)
    {
        _next.Clear();
        foreach (ulong frame in frames)
        {
            ulong end = frame + (ulong)frameSize;
            _next.Add((frame, Math.Max(end, Math.Min(end + Spare, (end | PageMask) + 1))));
        }

        if (_length < MaxKeptBytes)
        {
            _next.AddRange(_ranges);
        }

        _next.Sort();
        _ranges.Clear();
        ulong total = 0;
        foreach ((ulong start, ulong end) in _next)
        {
            if (_ranges.Count > 0 && start <= _ranges[^1].End + MaxGap)
            {
                total += Math.Max(end, _ranges[^1].End) - _ranges[^1].End;
                _ranges[^1] = (_ranges[^1].Start, Math.Max(end, _ranges[^1].End));
            }
            else
            {
                _ranges.Add((start, end));
                total += end - start;
            }
        }

        bool areFew = _ranges.Count <= MaxRanges && total <= MaxBytes;
        if (!areFew)
        {
            _ranges.Clear();
        }

        _length = areFew ? (int)total : 0;
        Prepare();
        return areFew;
    }

    /// <summary>Forgets all places.</summary>
    public void Clear()
    {
        _ranges.Clear();
        _length = 0;
        Prepare();
    }

    /// <summary>Takes a copy. False if some of the memory is not there (any more).</summary>
    public bool TryCopy()
    {
        int length = StateAfterOffset + _stateLength + _gilLength;
        IoVector local = new() { Base = (nuint)_buffer, Length = (nuint)length };
        _remote[1].Base = _remote[_ranges.Count + 2].Base = _remote[(_ranges.Count * 2) + 3].Base = (nuint)HeadAddress;
        fixed (IoVector* remote = _remote)
        {
            return ProcessMemory.Read(_processId, &local, 1, remote, _pieces) == length;
        }
    }

    /// <summary>Finds a frame in both copies; false if it is not where one was expected.</summary>
    public bool TryFind(ulong address, int frameSize, out byte* first, out byte* second)
    {
        int offset = 0;
        foreach ((ulong start, ulong end) in CollectionsMarshal.AsSpan(_ranges))
        {
            if (address >= start && address < end && end - address >= (ulong)frameSize)
            {
                offset += (int)(address - start);
                first = _buffer + FirstOffset + offset;
                second = _buffer + SecondOffset + offset;
                return true;
            }

            offset += (int)(end - start);
        }

        first = second = null;
        return false;
    }

    public void Dispose()
    {
        NativeMemory.Free(_buffer);
        _buffer = null;
        _capacity = 0;
    }

    private ulong HeadAt(int index) => *(ulong*)(_buffer + (index == 0 ? _stateLength : index == 1 ? SecondOffset - sizeof(ulong) : StateAfterOffset - sizeof(ulong)));

    private void Prepare()
    {
        int length = StateAfterOffset + _stateLength + _gilLength;
        if (_capacity < length)
        {
            _capacity = Math.Max(length, Math.Max(8 << 10, _capacity * 2));
            _buffer = (byte*)NativeMemory.Realloc(_buffer, (nuint)_capacity);
        }

        _pieces = (_ranges.Count * 2) + 5 + (_gil == 0 ? 0 : 1);
        if (_remote.Length < _pieces)
        {
            _remote = new IoVector[_pieces * 2];
        }

        IoVector state = new() { Base = (nuint)_state, Length = (nuint)_stateLength };
        IoVector head = new() { Base = (nuint)HeadAddress, Length = sizeof(ulong) };
        int after = (_ranges.Count * 2) + 4;
        _remote[0] = _remote[after] = state;
        _remote[1] = _remote[_ranges.Count + 2] = _remote[after - 1] = head;
        for (int i = 0; i < _ranges.Count; i++)
        {
            IoVector range = new() { Base = (nuint)_ranges[i].Start, Length = (nuint)(_ranges[i].End - _ranges[i].Start) };
            _remote[2 + i] = _remote[_ranges.Count + 3 + i] = range;
        }

        if (_gil != 0)
        {
            _remote[after + 1] = new IoVector { Base = (nuint)_gil, Length = (nuint)_gilLength };
        }
    }
}
