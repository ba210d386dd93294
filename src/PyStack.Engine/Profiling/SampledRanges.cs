using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using PyStack.Engine.Native;

namespace PyStack.Engine.Profiling;

/// <summary>
/// The memory that one sample of a thread copies, in one call: where the innermost frame is, the frames twice, and again where the innermost frame is. The frames are read where they were in
/// the samples before.
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
    private readonly List<(ulong Start, ulong End)> _ranges = [];
    private readonly List<(ulong Start, ulong End)> _next = [];
    private IoVector[] _remote = new IoVector[16];
    private byte* _first;
    private byte* _second;
    private ulong* _heads;
    private int _capacity;
    private int _length;
    private int _pieces;

    public SampledRanges(int processId)
    {
        _processId = processId;
        _heads = (ulong*)NativeMemory.AllocZeroed(3, sizeof(ulong));
        Reserve(8 << 10);
    }

    /// <summary>Where the address of the innermost frame is.</summary>
    public ulong HeadAddress { get; set; }

    /// <summary>That address before the frames were copied.</summary>
    public ulong Head => _heads[0];

    /// <summary>Whether it was the same all the time.</summary>
    public bool IsHeadSame => _heads[0] == _heads[1] && _heads[1] == _heads[2];

    /// <summary>Sets where the frames are expected: at these places, and where they were before.</summary>
    /// <param name="frameSize">Bytes that are read of a frame.</param>
    /// <returns>False if they are too many.</returns>
    public bool Expect(ReadOnlySpan<ulong> frames, int frameSize)
    {
        _next.Clear();
        foreach (ulong frame in frames)
        {
            _next.Add((frame, Math.Max(frame + (ulong)frameSize, Math.Min(frame + (ulong)frameSize + Spare, (frame + (ulong)frameSize) | PageMask))));
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
            if (_ranges.Count > 0 && start <= _ranges[^1].End + MaxGap && start >= _ranges[^1].Start)
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

        if (_ranges.Count > MaxRanges || total > MaxBytes)
        {
            _ranges.Clear();
            _length = 0;
            return false;
        }

        _length = (int)total;
        Reserve(_length);
        Prepare();
        return true;
    }

    /// <summary>Forgets all places.</summary>
    public void Clear()
    {
        _ranges.Clear();
        _length = 0;
        Prepare();
    }

    /// <summary>Takes a copy. False if the memory is not there (any more).</summary>
    public bool TryCopy()
    {
        IoVector* local = stackalloc IoVector[5];
        local[0] = new IoVector { Base = (nuint)_heads, Length = sizeof(ulong) };
        local[1] = new IoVector { Base = (nuint)_first, Length = (nuint)_length };
        local[2] = new IoVector { Base = (nuint)(_heads + 1), Length = sizeof(ulong) };
        local[3] = new IoVector { Base = (nuint)_second, Length = (nuint)_length };
        local[4] = new IoVector { Base = (nuint)(_heads + 2), Length = sizeof(ulong) };
        _remote[0].Base = (nuint)HeadAddress;
        _remote[_ranges.Count + 1].Base = (nuint)HeadAddress;
        _remote[(_ranges.Count * 2) + 2].Base = (nuint)HeadAddress;
        fixed (IoVector* remote = _remote)
        {
            return ProcessMemory.Read(_processId, local, 5, remote, _pieces) == (nint)((3 * sizeof(ulong)) + (2 * (long)_length));
        }
    }

    /// <summary>Finds a frame in both copies; false if it is not where one was expected.</summary>
    public bool TryFind(ulong address, int frameSize, out byte* first, out byte* second)
    {
        int offset = 0;
        foreach ((ulong start, ulong end) in CollectionsMarshal.AsSpan(_ranges))
        {
            if (address >= start && address + (ulong)frameSize <= end && address + (ulong)frameSize > address)
            {
                offset += (int)(address - start);
                first = _first + offset;
                second = _second + offset;
                return true;
            }

            offset += (int)(end - start);
        }

        first = second = null;
        return false;
    }

    public void Dispose()
    {
        NativeMemory.Free(_first);
        NativeMemory.Free(_second);
        NativeMemory.Free(_heads);
        _first = _second = null;
        _heads = null;
    }

    private void Reserve(int bytes)
    {
        if (_capacity < bytes)
        {
            _capacity = Math.Max(bytes, _capacity * 2);
            _first = (byte*)NativeMemory.Realloc(_first, (nuint)_capacity);
            _second = (byte*)NativeMemory.Realloc(_second, (nuint)_capacity);
        }
    }

    private void Prepare()
    {
        _pieces = (_ranges.Count * 2) + 3;
        if (_remote.Length < _pieces)
        {
            _remote = new IoVector[_pieces * 2];
        }

        IoVector head = new() { Length = sizeof(ulong) };
        _remote[0] = _remote[_ranges.Count + 1] = _remote[_pieces - 1] = head;
        for (int i = 0; i < _ranges.Count; i++)
        {
            IoVector range = new() { Base = (nuint)_ranges[i].Start, Length = (nuint)(_ranges[i].End - _ranges[i].Start) };
            _remote[1 + i] = _remote[_ranges.Count + 2 + i] = range;
        }
    }
}
