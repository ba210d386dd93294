using PyStack.Engine.Primitives;
using PyStack.Engine.Processors;
using PyStack.Engine.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Targets;

/// <summary>The ends of stacks are those of aarch64 kernels with 39, 48 and 52 bits of address.</summary>
public sealed class CodePointersTests
{
    [Theory]
    [InlineData(0x0000_007f_ffff_f000UL, 39)]
    [InlineData(0x0000_0080_0000_0000UL, 39)]
    [InlineData(0x0000_ffff_f7ff_0000UL, 48)]
    [InlineData(0x0001_0000_0000_0000UL, 48)]
    [InlineData(0x000f_ffff_ffff_0000UL, 52)]
    public void An_address_of_code_has_the_bits_that_the_highest_mapping_needs(ulong end, int bits)
        => Assert.Equal((1UL << bits) - 1, CodePointers.MaskOf(Arm64.Processor, MapThatEndsAt(end)));

    [Theory]
    [InlineData(0x8000UL)]
    [InlineData(0xffff_ffff_ffff_f000UL)]
    public void A_map_that_no_kernel_makes_gives_the_most_bits_that_there_are(ulong end)
        => Assert.Equal((1UL << 52) - 1, CodePointers.MaskOf(Arm64.Processor, MapThatEndsAt(end)));

    [Fact]
    public void Nothing_is_mixed_into_addresses_of_x86_64()
        => Assert.Equal(ulong.MaxValue, CodePointers.MaskOf(X64.Processor, MapThatEndsAt(0x7fff_ffff_f000)));

    private static MemoryMap MapThatEndsAt(ulong end)
        => new([new MemoryRegion(new AddressRange(end - 0x1000, end), RegionAccess.Read, 0, default, "", false)]);
}
