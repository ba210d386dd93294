using System;
using System.Collections.Generic;
using System.Linq;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using PyStack.Engine.Processors;
using PyStack.Engine.Unwinding;
using Xunit;

namespace PyStack.Engine.Tests.Unwinding;

/// <summary>Stacks written out word by word, in code without call frame information: what is guessed, and what ends a walk.</summary>
public sealed class UnwinderTests
{
    private const ulong Stack = 0x7000_0000;

    /// <summary>Here all code is: a call in front of each address that ends in 5, and nothing in front of the others.</summary>
    private const ulong Code = 0x40_0000;

    private static readonly ProcessorRules Rules = ProcessorRules.Of(X64.Processor);

    [Fact]
    public void Without_registers_there_is_no_frame()
    {
        List<UnwoundFrame> frames = [];
        Assert.Equal(UnwindEnd.UnknownRegister, new Unwinder(Rules, Rules.Processor.CodeMask, new Map(), Limits.Default).Unwind(default, new Words([]), frames));
        Assert.Empty(frames);
    }

    [Fact]
    public void Anonymous_code_that_nothing_leads_out_of_ends_the_walk()
    {
        Assert.Equal(UnwindEnd.NoRules, Walk([0x123, Code + 0x17, 0x5555], 0x9999_0000, out List<UnwoundFrame> frames));
        Assert.Equal([0x9999_0000UL], frames.Select(frame => frame.InstructionPointer));
    }

    [Fact]
    public void A_circle_of_frame_pointers_ends_the_walk()
        => Assert.NotEqual(UnwindEnd.Limit, Walk([Stack, Code + 5, Stack, Code + 5], Code + 0x100, out _, framePointer: Stack));

    [Fact]
    public void A_stack_that_cannot_be_read_ends_the_walk()
        => Assert.Equal(UnwindEnd.NoRules, Walk([], Code + 0x100, out _));

    [Fact]
    public void Random_stacks_end()
    {
        Random random = new(3);
        for (int i = 0; i < 500; i++)
        {
            ulong[] words = [.. Enumerable.Range(0, 200).Select(_ => random.Next(3) switch
            {
                0 => Code + (ulong)random.Next(0x1000),
                1 => Stack + (ulong)random.Next(1600),
                _ => (ulong)random.NextInt64(),
            })];
            _ = Walk(words, Code + (ulong)random.Next(0x1000), out List<UnwoundFrame> frames, Stack + (8 * (ulong)random.Next(200)));
            Assert.InRange(frames.Count, 1, 201);
        }
    }

    private static UnwindEnd Walk(ulong[] words, ulong instruction, out List<UnwoundFrame> frames, ulong framePointer = 0)
    {
        RegisterSet registers = default;
        registers.Set(X64.Processor.StackPointer, Stack);
        registers.Set(X64.Processor.InstructionPointer, instruction);
        registers.Set(X64.Processor.FramePointer, framePointer);
        frames = [];
        return new Unwinder(Rules, Rules.Processor.CodeMask, new Map(), Limits.Default).Unwind(registers, new Words(words), frames);
    }

    private sealed class Words(ulong[] words) : IMemorySource
    {
        public int Read(ulong address, Span<byte> destination)
        {
            if (address >= Code && address < Code + 0x1000)
            {
                // e8 rel32: a call of five bytes that begins where an address ends in 0.
                for (int i = 0; i < destination.Length; i++)
                {
                    destination[i] = (byte)((address + (ulong)i) % 16 == 0 ? 0xe8 : 0);
                }

                return destination.Length;
            }

            ReadOnlySpan<byte> bytes = System.Runtime.InteropServices.MemoryMarshal.AsBytes(words.AsSpan());
            if (address < Stack || address - Stack >= (ulong)bytes.Length)
            {
                return 0;
            }

            bytes = bytes[(int)(address - Stack)..];
            int count = Math.Min(bytes.Length, destination.Length);
            bytes[..count].CopyTo(destination);
            return count;
        }
    }

    private sealed class Map : ICodeMap
    {
        public bool TryFind(ulong address, out CodeModule module)
        {
            module = null!;
            return false;
        }

        public bool IsExecutable(ulong address) => true;
    }
}
