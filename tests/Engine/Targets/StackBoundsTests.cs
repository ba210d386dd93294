using PyStack.Engine.Primitives;
using PyStack.Engine.Targets;
using PyStack.Engine.Targets.Live.Stacks;
using Xunit;

namespace PyStack.Engine.Tests.Targets;

/// <summary>Which part of memory is copied as a thread's stack.</summary>
public sealed class StackBoundsTests
{
    private const ulong Heap = 0x1000_0000;
    private const ulong ThreadStack = 0x7000_0000;
    private const ulong MainStack = 0x7fff_0000;

    private static readonly StackBounds Bounds = new(
        new MemoryMap(
        [
            Region(Heap, 0x10_0000, "[heap]"),
            Region(ThreadStack, 0x80_0000, ""),
            Region(MainStack, 0x2_0000, "[stack]"),
        ]),
        Limits.Default);

    [Fact]
    public void The_main_thread_uses_its_stack_from_the_red_zone_to_the_end()
        => Assert.Equal(
            new AddressRange(MainStack + 0x1000 - 128, MainStack + 0x2_0000),
            Bounds.UsedPart(MainStack + 0x1000, 0x1234, isMain: true, out _));

    [Fact]
    public void Another_thread_uses_its_mapping_up_to_the_thread_pointer()
        => Assert.Equal(
            new AddressRange(ThreadStack + 0x7f_0000 - 128, ThreadStack + 0x7f_f000),
            Bounds.UsedPart(ThreadStack + 0x7f_0000, ThreadStack + 0x7f_f000, isMain: false, out _));

    [Fact]
    public void Without_a_thread_pointer_it_uses_its_mapping_up_to_the_end()
        => Assert.Equal(
            new AddressRange(ThreadStack + 0x7f_0000 - 128, ThreadStack + 0x80_0000),
            Bounds.UsedPart(ThreadStack + 0x7f_0000, 0, isMain: false, out _));

    [Fact]
    public void The_red_zone_ends_with_the_mapping()
        => Assert.Equal(ThreadStack, Bounds.UsedPart(ThreadStack + 8, ThreadStack + 0x1000, isMain: false, out _).Start);

    [Fact]
    public void A_thread_on_a_stack_of_another_kind_has_its_own_stack_named()
    {
        AddressRange used = Bounds.UsedPart(Heap + 0x1000, ThreadStack + 0x7f_f000, isMain: false, out AddressRange ownStack);

        Assert.Equal(new AddressRange(Heap + 0x1000 - 128, Heap + 0x1000 - 128 + (256 << 10)), used);
        Assert.Equal(new AddressRange(ThreadStack, ThreadStack + 0x7f_f000), ownStack);
    }

    [Fact]
    public void A_main_stack_that_has_grown_since_the_maps_were_read_is_copied_whole()
        => Assert.Equal(
            new AddressRange(MainStack - 0x3000, MainStack + 0x2_0000),
            Bounds.UsedPart(MainStack - 0x3000, 0, isMain: true, out _));

    [Fact]
    public void A_stack_pointer_into_nowhere_has_no_stack()
        => Assert.Equal(0UL, Bounds.UsedPart(0x50, 0x9000_0000, isMain: false, out _).Length);

    [Fact]
    public void No_stack_is_larger_than_the_limit()
    {
        StackBounds bounds = new(new MemoryMap([Region(ThreadStack, 1 << 30, "")]), Limits.Default with { StackBytesPerThread = 4096 });

        Assert.Equal(4096UL, bounds.UsedPart(ThreadStack + 0x1000, 0, isMain: false, out _).Length);
    }

    private static MemoryRegion Region(ulong start, ulong length, string path)
        => new(AddressRange.OfLength(start, length), RegionAccess.Read | RegionAccess.Write, 0, default, path, IsDeleted: false);
}
