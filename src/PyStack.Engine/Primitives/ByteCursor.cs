using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace PyStack.Engine.Primitives;

/// <summary>
/// A reading position in a span of little-endian bytes. Every read says whether it could be done; one that could not
/// leaves the position where it was, so bad bytes end a decoder and never throw.
/// </summary>
internal ref struct ByteCursor
{
    /// <summary>DWARF 5, 7.6: a LEB128 byte carries 7 bits, so that ten bytes hold any 64-bit value.</summary>
    private const int MaxLebBytes = 10;

    private readonly ReadOnlySpan<byte> _bytes;
    private int _position;

    public ByteCursor(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>How many bytes are before the next one to read.</summary>
    public readonly int Position => _position;

    /// <summary>How many bytes are left.</summary>
    public readonly int Remaining => _bytes.Length - _position;

    public readonly bool IsAtEnd => _position == _bytes.Length;

    /// <summary>What is left, without moving.</summary>
    public readonly ReadOnlySpan<byte> Rest => _bytes[_position..];

    /// <summary>Goes to a position from the start; the end itself is one.</summary>
    public bool TrySeek(ulong position)
    {
        if (position > (ulong)_bytes.Length)
        {
            return false;
        }

        _position = (int)position;
        return true;
    }

    public bool TrySkip(ulong count)
    {
        if (count > (ulong)Remaining)
        {
            return false;
        }

        _position += (int)count;
        return true;
    }

    /// <summary>Goes to the next multiple of <paramref name="alignment"/> (a power of two), counted from the start.</summary>
    public bool TryAlign(int alignment) => TrySkip((ulong)(-_position & (alignment - 1)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryReadByte(out byte value) => TryRead(out value);

    public bool TryReadSByte(out sbyte value) => TryRead(out value);

    public bool TryReadUInt16(out ushort value) => TryRead(out value);

    public bool TryReadInt16(out short value) => TryRead(out value);

    public bool TryReadUInt32(out uint value) => TryRead(out value);

    public bool TryReadInt32(out int value) => TryRead(out value);

    public bool TryReadUInt64(out ulong value) => TryRead(out value);

    public bool TryReadInt64(out long value) => TryRead(out value);

    /// <summary>Reads one blittable value; the machines we run on are little-endian like the bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryRead<T>(out T value)
        where T : unmanaged
    {
        if (!MemoryMarshal.TryRead(_bytes[_position..], out value))
        {
            return false;
        }

        _position += Unsafe.SizeOf<T>();
        return true;
    }

    /// <summary>Reads an unsigned number of 1 to 8 bytes, for fields whose width is in a header.</summary>
    public bool TryReadUnsigned(int size, out ulong value)
    {
        value = 0;
        if ((uint)(size - 1) >= sizeof(ulong) || size > Remaining)
        {
            return false;
        }

        _bytes.Slice(_position, size).CopyTo(MemoryMarshal.AsBytes(new Span<ulong>(ref value)));
        _position += size;
        return true;
    }

    /// <summary>Takes <paramref name="count"/> bytes as a part of the same span: nothing is copied.</summary>
    public bool TryReadBytes(ulong count, out ReadOnlySpan<byte> bytes)
    {
        if (count > (ulong)Remaining)
        {
            bytes = default;
            return false;
        }

        bytes = _bytes.Slice(_position, (int)count);
        _position += (int)count;
        return true;
    }

    /// <summary>Takes the bytes before the next zero byte and moves after it. Without a zero byte it fails.</summary>
    public bool TryReadString(out ReadOnlySpan<byte> text)
    {
        int length = Rest.IndexOf((byte)0);
        if (length < 0)
        {
            text = default;
            return false;
        }

        text = _bytes.Slice(_position, length);
        _position += length + 1;
        return true;
    }

    /// <summary>
    /// Reads an unsigned LEB128 number (DWARF 5, 7.6). Padded encodings are read up to ten bytes; one that is longer, or whose
    /// value does not fit 64 bits, fails.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryReadUleb128(out ulong value)
    {
        if (_position < _bytes.Length && _bytes[_position] < 0x80)
        {
            value = _bytes[_position++];
            return true;
        }

        return TryReadLongUleb128(out value);
    }

    /// <summary>Reads a signed LEB128 number (DWARF 5, 7.6), with the bounds of <see cref="TryReadUleb128"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryReadSleb128(out long value)
    {
        if (_position < _bytes.Length && _bytes[_position] < 0x80)
        {
            // Bit 6 is the sign: move it to the top of a 64-bit number and back.
            value = (long)((ulong)_bytes[_position++] << 57) >> 57;
            return true;
        }

        return TryReadLongSleb128(out value);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryReadLongUleb128(out ulong value)
    {
        value = 0;
        int end = Math.Min(_bytes.Length, _position + MaxLebBytes);
        for (int i = _position, shift = 0; i < end; i++, shift += 7)
        {
            byte current = _bytes[i];
            if (shift == 63 && current > 1)
            {
                break;
            }

            value |= (ulong)(current & 0x7f) << shift;
            if (current < 0x80)
            {
                _position = i + 1;
                return true;
            }
        }

        value = 0;
        return false;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryReadLongSleb128(out long value)
    {
        value = 0;
        int end = Math.Min(_bytes.Length, _position + MaxLebBytes);
        for (int i = _position, shift = 0; i < end; i++, shift += 7)
        {
            byte current = _bytes[i];
            if (shift == 63 && current is not (0 or 0x7f))
            {
                break;
            }

            value |= (long)(current & 0x7f) << shift;
            if (current < 0x80)
            {
                if (shift < 57)
                {
                    int unused = 57 - shift;
                    value = value << unused >> unused;
                }

                _position = i + 1;
                return true;
            }
        }

        value = 0;
        return false;
    }
}
