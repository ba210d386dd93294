using System;
using System.Numerics;
using System.Runtime.InteropServices;
using PyStack.Engine.Elf;
using PyStack.Engine.Processors;
using PyStack.Engine.Unwinding;
using Xunit;

namespace PyStack.Engine.Tests.Processors;

/// <summary>The processors that are known, and what is said on one that is not.</summary>
public sealed class ProcessorTests
{
    public static TheoryData<string> Machines => [.. Enum.GetNames<ElfMachine>()];

    [Theory]
    [MemberData(nameof(Machines))]
    public void Each_processor_whose_files_are_read_has_a_descriptor_and_rules(string machine)
    {
        Processor processor = ProcessorCatalogue.Of(Enum.Parse<ElfMachine>(machine));

        Assert.Equal(machine, processor.Machine.ToString());
        Assert.Same(processor, ProcessorRules.Of(processor).Processor);
    }

    [Theory]
    [MemberData(nameof(Machines))]
    public void Its_numbers_are_of_registers_that_it_has(string machine)
    {
        Processor processor = ProcessorCatalogue.Of(Enum.Parse<ElfMachine>(machine));
        ThreadRegisters layout = processor.Registers;

        // Each register holds its place, from 1 on.
        byte[] general = new byte[layout.Size];
        for (int i = 0; i < general.Length; i += sizeof(ulong))
        {
            general[i] = (byte)((i / sizeof(ulong)) + 1);
        }

        RegisterSet registers = default;
        Assert.False(layout.TryDecode(general.AsSpan(0, general.Length - 1), ref registers));
        Assert.False(registers.IsKnown(processor.StackPointer));
        Assert.True(layout.TryDecode(general, ref registers));
        Assert.True(registers.TryGet(processor.StackPointer, out ulong stackPointer));
        Assert.Equal(stackPointer, layout.StackPointer(general));
        Assert.Equal(layout.HavePthreadId, layout.ThreadPointer(general) != 0);
        Assert.Equal(0UL, layout.ThreadPointer(general.AsSpan(0, general.Length - 1)));
        Assert.True(registers.IsKnown(processor.InstructionPointer));
        for (ulong saved = processor.CalleeSaved; saved != 0; saved &= saved - 1)
        {
            Assert.True(registers.IsKnown(BitOperations.TrailingZeroCount(saved)));
        }
    }

    [Theory]
    [MemberData(nameof(Machines))]
    public void A_sample_has_a_number_for_each_register_that_is_asked_for(string machine)
    {
        PerfRegisters perf = ProcessorCatalogue.Of(Enum.Parse<ElfMachine>(machine)).Perf;

        Assert.Equal(BitOperations.PopCount(perf.Mask), perf.DwarfNumbers.Length);
        Assert.Distinct(perf.DwarfNumbers);
    }

    [Fact]
    public void On_a_processor_that_is_not_known_running_processes_are_refused_with_a_way_out()
    {
        Assert.Null(ProcessorCatalogue.Find(Architecture.RiscV64));

        EngineException error = ProcessorCatalogue.Unknown(Architecture.RiscV64);

        Assert.Equal(EngineError.CannotRead, error.Error);
        Assert.Equal("Running processes can be read on x86_64 and aarch64, and this machine is RiscV64.", error.Message);
        Assert.Contains("Core files", error.RecommendedAction, StringComparison.Ordinal);
    }
}
