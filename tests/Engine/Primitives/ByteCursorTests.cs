using System;
using PyStack.Engine.Primitives;
using Xunit;

namespace PyStack.Engine.Tests.Primitives;

public class ByteCursorTests
{
    [Fact]
    public void Fixed_widths_are_read_as_little_endian()
    {
        ByteCursor cursor = new([0x12, 0x34, 0x12, 0x78, 0x56, 0x34, 0x12, 1, 2, 3, 4, 5, 6, 7, 0x88]);

        Assert.True(cursor.TryReadByte(out byte one));
        Assert.True(cursor.TryReadUInt16(out ushort two));
        Assert.True(cursor.TryReadUInt32(out uint four));
        Assert.True(cursor.TryReadUInt64(out ulong eight));

        Assert.Equal(0x12, one);
        Assert.Equal(0x1234, two);
        Assert.Equal(0x12345678u, four);
        Assert.Equal(0x8807060504030201ul, eight);
        Assert.True(cursor.IsAtEnd);
    }

    [Fact]
    public void Signed_widths_keep_their_sign()
    {
        ByteCursor cursor = new(
            [0xfe, 0xfd, 0xff, 0xfc, 0xff, 0xff, 0xff, 0xfb, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);

        Assert.True(cursor.TryReadSByte(out sbyte one));
        Assert.True(cursor.TryReadInt16(out short two));
        Assert.True(cursor.TryReadInt32(out int four));
        Assert.True(cursor.TryReadInt64(out long eight));

        Assert.Equal((-2L, -3L, -4L, -5L), (one, two, four, eight));
    }

    [Theory]
    [InlineData(1, 0x01ul)]
    [InlineData(3, 0x030201ul)]
    [InlineData(4, 0x04030201ul)]
    [InlineData(8, 0x0807060504030201ul)]
    public void A_width_from_a_header_is_read(int size, ulong expected)
    {
        ByteCursor cursor = new([1, 2, 3, 4, 5, 6, 7, 8]);

        Assert.True(cursor.TryReadUnsigned(size, out ulong value));

        Assert.Equal(expected, value);
        Assert.Equal(size, cursor.Position);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(9)]
    [InlineData(int.MinValue)]
    public void A_width_that_no_number_has_is_refused(int size)
    {
        ByteCursor cursor = new(new byte[16]);

        Assert.False(cursor.TryReadUnsigned(size, out _));
    }

    [Fact]
    public void A_read_over_the_end_fails_and_does_not_move()
    {
        ByteCursor cursor = new([1, 2, 3]);
        Assert.True(cursor.TrySkip(1));

        Assert.False(cursor.TryReadUInt32(out _));
        Assert.False(cursor.TryReadUInt64(out _));
        Assert.False(cursor.TryReadUnsigned(3, out _));
        Assert.False(cursor.TryReadBytes(3, out _));
        Assert.False(cursor.TryReadBytes(ulong.MaxValue, out _));
        Assert.False(cursor.TrySkip(ulong.MaxValue));
        Assert.False(cursor.TryReadString(out _));
        Assert.False(cursor.TrySeek(4));
        Assert.Equal(1, cursor.Position);

        Assert.True(cursor.TryReadUInt16(out ushort rest));
        Assert.Equal(0x0302, rest);
        Assert.False(cursor.TryReadByte(out _));
    }

    // The rows are DWARF 5, tables 7.7 and 7.8, and the borders of 64 bits.
    [Theory]
    [InlineData(new byte[] { 2 }, 2ul)]
    [InlineData(new byte[] { 127 }, 127ul)]
    [InlineData(new byte[] { 0x80, 1 }, 128ul)]
    [InlineData(new byte[] { 1 | 0x80, 1 }, 129ul)]
    [InlineData(new byte[] { 57 | 0x80, 100 }, 12857ul)]
    [InlineData(new byte[] { 0x80, 0x80, 0x00 }, 0ul)]
    [InlineData(new byte[] { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01 }, ulong.MaxValue)]
    [InlineData(new byte[] { 0x85, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00 }, 5ul)]
    public void Unsigned_leb128_is_read(byte[] bytes, ulong expected)
    {
        ByteCursor cursor = new(bytes);

        Assert.True(cursor.TryReadUleb128(out ulong value));

        Assert.Equal(expected, value);
        Assert.True(cursor.IsAtEnd);
    }

    [Theory]
    [InlineData(new byte[] { 2 }, 2L)]
    [InlineData(new byte[] { 0x7e }, -2L)]
    [InlineData(new byte[] { 0x3f }, 63L)]
    [InlineData(new byte[] { 0x40 }, -64L)]
    [InlineData(new byte[] { 127 | 0x80, 0 }, 127L)]
    [InlineData(new byte[] { 1 | 0x80, 0x7f }, -127L)]
    [InlineData(new byte[] { 0x80, 1 }, 128L)]
    [InlineData(new byte[] { 0x80, 0x7f }, -128L)]
    [InlineData(new byte[] { 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7f }, long.MinValue)]
    [InlineData(new byte[] { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x00 }, long.MaxValue)]
    [InlineData(new byte[] { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f }, -1L)]
    [InlineData(new byte[] { 0xfb, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f }, -5L)]
    public void Signed_leb128_is_read(byte[] bytes, long expected)
    {
        ByteCursor cursor = new(bytes);

        Assert.True(cursor.TryReadSleb128(out long value));

        Assert.Equal(expected, value);
        Assert.True(cursor.IsAtEnd);
    }

    [Theory]
    [InlineData(new byte[] { })]
    [InlineData(new byte[] { 0x80 })]
    [InlineData(new byte[] { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02 })]
    [InlineData(new byte[] { 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00 })]
    public void A_leb128_without_end_or_of_more_than_64_bits_fails_and_does_not_move(byte[] bytes)
    {
        ByteCursor cursor = new(bytes);

        Assert.False(cursor.TryReadUleb128(out ulong unsigned));
        Assert.False(cursor.TryReadSleb128(out long signed));

        Assert.Equal((0ul, 0L, 0), (unsigned, signed, cursor.Position));
    }

    [Fact]
    public void Strings_end_at_their_zero_byte()
    {
        ByteCursor cursor = new("abc\0\0de"u8);

        Assert.True(cursor.TryReadString(out ReadOnlySpan<byte> first));
        Assert.True(cursor.TryReadString(out ReadOnlySpan<byte> second));
        Assert.False(cursor.TryReadString(out _));

        Assert.True(first.SequenceEqual("abc"u8));
        Assert.True(second.IsEmpty);
        Assert.True(cursor.Rest.SequenceEqual("de"u8));
    }

    [Theory]
    [InlineData(0, 4, 0)]
    [InlineData(1, 4, 4)]
    [InlineData(4, 4, 4)]
    [InlineData(5, 8, 8)]
    public void Alignment_counts_from_the_start(ulong position, int alignment, int expected)
    {
        ByteCursor cursor = new(new byte[8]);
        Assert.True(cursor.TrySeek(position));

        Assert.True(cursor.TryAlign(alignment));

        Assert.Equal(expected, cursor.Position);
    }

    [Fact]
    public void Alignment_over_the_end_fails()
    {
        ByteCursor cursor = new(new byte[7]);
        Assert.True(cursor.TrySeek(5));

        Assert.False(cursor.TryAlign(8));
        Assert.Equal(5, cursor.Position);
    }
}
