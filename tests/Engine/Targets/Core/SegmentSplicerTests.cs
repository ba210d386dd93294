using System;
using System.Linq;
using PyStack.Engine.Elf;
using PyStack.Engine.Targets.Core;
using Xunit;

namespace PyStack.Engine.Tests.Targets.Core;

public sealed class SegmentSplicerTests
{
    /// <summary>Segments as "start-end@offset", the file holding all of each; the rows as "start-end@offset".</summary>
    [Theory]
    [InlineData("10-20@100", "10-20@100")]
    [InlineData("30-40@0 10-20@100", "10-20@100 30-40@0")]
    [InlineData("10-20@100 20-30@200", "10-20@100 20-30@200")]
    [InlineData("10-40@100 20-30@200", "10-20@100 20-30@200 30-40@114")]
    [InlineData("20-30@200 10-40@100", "10-40@100")]
    [InlineData("10-30@100 20-40@200", "10-20@100 20-40@200")]
    [InlineData("20-40@200 10-30@100", "10-30@100 30-40@20a")]
    [InlineData("10-20@100 10-20@200", "10-20@200")]
    [InlineData("10-90@100 20-80@200 30-70@300 40-60@400", "10-20@100 20-30@200 30-40@300 40-60@400 60-70@31e 70-80@232 80-90@146")]
    [InlineData("10-50@100 20-30@200 30-40@300", "10-20@100 20-30@200 30-40@300 40-50@11e")]
    public void The_later_segment_has_the_address(string segments, string expected)
    {
        ProgramHeader[] row = SegmentSplicer.Splice([.. segments.Split(' ').Select(Read)]);
        Assert.Equal(expected, string.Join(' ', row.Select(one => $"{one.Address}-{one.Memory.End}@{one.FileOffset:x}")));
        Assert.All(row, one => Assert.Equal(one.MemorySize, one.FileSize));
    }

    [Fact]
    public void What_the_file_does_not_hold_of_a_segment_is_not_held_of_its_pieces()
    {
        ProgramHeader[] row = SegmentSplicer.Splice([Make(10, 50, 0x100, held: 15), Make(20, 30, 0x200, held: 10)]);
        Assert.Equal([10UL, 10, 0], row.Select(one => one.FileSize));
    }

    [Fact]
    public void A_hundred_thousand_segments_over_each_other_are_a_matter_of_moments()
    {
        ProgramHeader[] segments = new ProgramHeader[100_000];
        for (int i = 0; i < segments.Length; i++)
        {
            segments[i] = Make((ulong)i + 1, ulong.MaxValue - (ulong)i, 0, held: 0);
        }

        ProgramHeader[] row = SegmentSplicer.Splice(segments);

        Assert.Equal(199_999, row.Length);
        Assert.All(row.Zip(row.Skip(1)), pair => Assert.Equal(pair.First.Memory.End, pair.Second.Address));
    }

    private static ProgramHeader Read(string text)
    {
        string[] parts = text.Split('-', '@');
        (ulong start, ulong end) = (ulong.Parse(parts[0], null), ulong.Parse(parts[1], null));
        return Make(start, end, Convert.ToUInt64(parts[2], 16), end - start);
    }

    private static ProgramHeader Make(ulong start, ulong end, ulong offset, ulong held)
        => new(SegmentType.Load, SegmentAccess.Read, offset, start, 0, held, end - start, 1);
}
