using PyStack.Engine.Processors;
using PyStack.Engine.Targets.Live.Stacks;
using PyStack.Engine.Tests.Elf;
using Xunit;

namespace PyStack.Engine.Tests.Targets;

/// <summary>PERF_RECORD_SAMPLE as the kernel writes it (perf_event_open(2)): header, pid and tid, ABI and registers, size of the stack, stack, its filled part.</summary>
public sealed class PerfSamplerTests
{
    private static readonly byte[] Numbers = ProcessorCatalogue.OfObserver.Perf.DwarfNumbers;

    [Fact]
    public void Registers_and_the_filled_part_of_the_stack_are_taken()
    {
        byte[] record = Record(ElfBytes.U64(16), ElfBytes.U64(0x1111), ElfBytes.U64(0x2222), ElfBytes.U64(8));

        Assert.True(PerfSampler.TryDecode(Numbers, 7, record, out SampledThread thread));

        Assert.Equal(7, thread.ThreadId);
        Assert.Equal(Numbers.Length, thread.Registers.Length);
        Assert.Equal((Numbers[0], 1000UL), thread.Registers[0]);
        Assert.Equal(ElfBytes.U64(0x1111), thread.Stack);
    }

    [Fact]
    public void A_thread_whose_stack_pointer_leads_nowhere_has_no_stack_and_no_sample()
        => Assert.False(PerfSampler.TryDecode(Numbers, 7, Record(ElfBytes.U64(0)), out _));

    [Fact]
    public void A_stack_that_is_larger_than_the_record_is_refused()
        => Assert.False(PerfSampler.TryDecode(Numbers, 7, Record(ElfBytes.U64(ulong.MaxValue), ElfBytes.U64(0)), out _));

    private static byte[] Record(params byte[][] stack)
    {
        byte[][] registers = new byte[Numbers.Length][];
        for (int i = 0; i < registers.Length; i++)
        {
            registers[i] = ElfBytes.U64((ulong)(1000 + i));
        }

        return ElfBytes.Join(ElfBytes.U64(0), ElfBytes.U64(0), ElfBytes.U64(2), ElfBytes.Join(registers), ElfBytes.Join(stack));
    }
}
