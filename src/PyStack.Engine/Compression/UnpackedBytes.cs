using System;
using System.IO;
using System.Threading;
using PyStack.Engine.Native;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Compression;

/// <summary>
/// Packed bytes that are unpacked only as far as they are read: a few kilobytes can unpack to gigabytes, of which a stack needs little. What was unpacked is kept, at
/// the same addresses. Safe for several threads, except <see cref="Dispose"/>.
/// </summary>
internal sealed class UnpackedBytes : IDisposable
{
    private const int StepBytes = 1 << 16;

    /// <summary>About what a zlib decoder allocates in addition to its window of 32 KiB (zlib's inflate.h: 7 KiB, and buffers of .NET's).</summary>
    private const int DecoderBytes = 1 << 16;

    private readonly Lock _gate = new();
    private readonly CompressionFormat _format;
    private readonly BinaryBudget _budget;
    private readonly ReservedMemory _memory;
    private Stream? _decoder;
    private long _unpacked;

    private UnpackedBytes(CompressionFormat format, Stream decoder, ReservedMemory memory, long length, BinaryBudget budget)
    {
        _format = format;
        _decoder = decoder;
        _memory = memory;
        _budget = budget;
        Length = length;
    }

    /// <summary>How many bytes there are, according to the compressed data, or an upper bound.</summary>
    public long Length { get; }

    /// <summary>How many were unpacked so far.</summary>
    public long Unpacked => Volatile.Read(ref _unpacked);

    // A decoder with a window as large as its content (zstd, xz) holds its output a second time. zlib's window is small.
    private int CostPerByte => _format == CompressionFormat.ZLib ? 1 : 2;

    /// <summary>Begins to unpack; null if the decoder is missing, or the budget is used up.</summary>
    /// <param name="packed">Disposed of with this, or on failure.</param>
    /// <param name="length">The unpacked size, or an upper bound where it is not known; more is not unpacked.</param>
    public static UnpackedBytes? TryOpen(CompressionFormat format, Stream packed, long length, BinaryBudget budget)
    {
        if (length > 0 && budget.TryTake(DecoderBytes))
        {
            if (ReservedMemory.TryReserve(length) is ReservedMemory memory)
            {
                if (Unpacker.TryOpen(format, packed, out Stream decoder, out _, isWholeSection: true))
                {
                    return new UnpackedBytes(format, decoder, memory, length, budget);
                }

                memory.Dispose();
            }

            budget.Give(DecoderBytes);
        }

        packed.Dispose();
        return null;
    }

    /// <summary>The bytes from the first one to <paramref name="end"/>, or a few more; fewer where there are no more, or the budget is used up.</summary>
    public ReadOnlySpan<byte> Get(ulong end)
    {
        long wanted = (long)Math.Min(end, (ulong)Length);
        if (Unpacked < wanted)
        {
            lock (_gate)
            {
                Unpack(wanted);
            }
        }

        return _memory.Slice(0, (int)Unpacked);
    }

    public void Dispose()
    {
        Close();
        _budget.Give(_unpacked);
        _unpacked = 0;
        _memory.Dispose();
    }

    private void Unpack(long wanted)
    {
        while (_decoder is not null && _unpacked < wanted)
        {
            int step = (int)Math.Min(StepBytes, Length - _unpacked);
            long cost = (long)step * CostPerByte;
            if (!_budget.TryTake(cost) || !_memory.TryGrow(_unpacked + step))
            {
                return;
            }

            int count = ReadStep(_memory.Slice(_unpacked, step));
            _budget.Give((long)(step - count) * CostPerByte);
            Volatile.Write(ref _unpacked, _unpacked + count);
            if (count < step || _unpacked == Length)
            {
                Close();
            }
        }
    }

    private int ReadStep(Span<byte> destination)
    {
        int done = 0;
        try
        {
            while (done < destination.Length && _decoder!.Read(destination[done..]) is int count and > 0)
            {
                done += count;
            }
        }
        catch (Exception e) when (Unpacker.IsBroken(e))
        {
            // The bytes before the error are used.
        }

        return done;
    }

    private void Close()
    {
        if (_decoder is not null)
        {
            _decoder.Dispose();
            _decoder = null;
            _budget.Give(DecoderBytes + (_unpacked * (CostPerByte - 1)));
        }
    }
}
