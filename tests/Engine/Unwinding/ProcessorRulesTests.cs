using System;
using System.Numerics;
using PyStack.Engine.Elf;
using PyStack.Engine.Primitives;
using PyStack.Engine.Processors;
using PyStack.Engine.Unwinding;
using Xunit;

namespace PyStack.Engine.Tests.Unwinding;

/// <summary>The processors that are known, and what is said on one that is not.</summary>
public sealed class ProcessorRulesTests
{
    public static TheoryData<string> Machines => [.. Enum.GetNames<ElfMachine>()];

    [Theory]
    [MemberData(nameof(Machines))]
    public void Each_processor_whose_files_are_read_has_a_descriptor(string machine)
        => Assert.Equal(machine, ProcessorRules.Of(Enum.Parse<ElfMachine>(machine)).Machine.ToString());

    [Theory]
    [MemberData(nameof(Machines))]
    public void What_a_descriptor_says_twice_agrees(string machine)
    {
        ProcessorRules architecture = ProcessorRules.Of(Enum.Parse<ElfMachine>(machine));
        if (architecture.Live is not Processor live)
        {
            return;
        }

        Assert.Same(architecture, ProcessorRules.Find(live.Observer));
        Assert.Equal((architecture.Machine, architecture.StackPointer, architecture.InstructionPointer), (live.Machine, live.StackPointer, live.InstructionPointer));
        Assert.Equal(BitOperations.PopCount(live.Perf.Mask), live.Perf.DwarfRegisters.Length);
        Assert.Distinct(live.Perf.DwarfRegisters);

        // Registers with a number each: what stands at a place comes out of both under the same name.
        byte[] general = new byte[live.Registers.Size];
        for (int i = 0; i < general.Length; i += sizeof(ulong))
        {
            general[i] = (byte)((i / sizeof(ulong)) + 1);
        }

        RegisterSet registers = default;
        Assert.True(architecture.TryReadRegisters(general, ref registers));
        Assert.True(registers.TryGet(architecture.StackPointer, out ulong stackPointer));
        Assert.Equal(stackPointer, live.Registers.StackPointer(general));
        Assert.Equal(architecture.ThreadPointer(general) ?? 0, live.Registers.ThreadPointer(general));
        Assert.Equal(architecture.ThreadPointer(general) is not null, live.Registers.HavePthreadId);
        Assert.False(architecture.TryReadRegisters(general.AsSpan(0, general.Length - 1), ref registers));
    }

    [Fact]
    public void On_a_processor_that_is_not_known_running_processes_are_refused_with_a_way_out()
    {
        Assert.Null(ProcessorRules.Find(System.Runtime.InteropServices.Architecture.RiscV64));

        EngineException error = ProcessorRules.Unknown(System.Runtime.InteropServices.Architecture.RiscV64);

        Assert.Equal(EngineError.CannotRead, error.Error);
        Assert.Equal("Running processes can be read on x86_64 and aarch64, and this machine is RiscV64.", error.Message);
        Assert.Contains("Core files", error.RecommendedAction, StringComparison.Ordinal);
    }
}
