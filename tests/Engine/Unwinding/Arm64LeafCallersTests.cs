using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using PyStack.Engine.Dwarf.CallFrames;
using PyStack.Engine.Elf;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using PyStack.Engine.Processors;
using PyStack.Engine.Tests.Elf;
using PyStack.Engine.Unwinding;
using Xunit;

namespace PyStack.Engine.Tests.Unwinding;

/// <summary>
/// A thread of aarch64 that sleeps in a function without a frame, of which the stack and instruction pointers are known and nothing else: code, rules and stack are written out, after glibc's <c>read</c>
/// and <c>__syscall_cancel_arch</c>.
/// </summary>
public sealed class Arm64LeafCallersTests
{
    private const ulong Bias = 0x40_0000;
    private const ulong Stack = 0x7fff_0000;
    private const ulong Signature = 0x002a_0000_0000_0000;

    // The functions, where they were linked.
    private const ulong Stub = 0x1000;
    private const ulong Caller = 0x1100;
    private const ulong LargerCaller = 0x1200;
    private const ulong SameSizedCaller = 0x1300;
    private const ulong Outer = 0x1400;
    private const ulong IndirectOuter = 0x1500;
    private const ulong OuterOfJump = 0x1600;
    private const ulong Jump = 0x1700;
    private const ulong OuterOfOther = 0x1800;
    private const ulong Other = 0x1900;
    private const ulong Outermost = 0x1a00;

    private const uint SupervisorCall = 0xd4000001;
    private const uint Return = 0xd65f03c0;

    private static readonly ProcessorRules Rules = ProcessorRules.Of(Arm64.Processor);

    // paciasp; stp x29, x30, [sp, #-size]!; mov x29, sp; the call; the rest does not matter.
    private static readonly Dictionary<ulong, uint[]> Functions = new()
    {
        [Stub] = [0xb9400000, 0xaa0103e8, SupervisorCall, Return], // ldr w0, [x0]; mov x8, x1
        [Caller] = [0xd503233f, 0xa9be7bfd, 0x910003fd, Call(Caller + 12, Stub), Return],
        [LargerCaller] = [0xd503233f, 0xa9bd7bfd, 0x910003fd, Call(LargerCaller + 12, Stub), Return],
        [SameSizedCaller] = [0xd503233f, 0xa9be7bfd, 0x910003fd, Call(SameSizedCaller + 12, Stub), Return],
        [Outer] = [0xd503233f, 0xa9bc7bfd, 0x910003fd, Call(Outer + 12, Caller), Return],
        [IndirectOuter] = [0xd503233f, 0xa9bc7bfd, 0x910003fd, 0xd63f0020, Return], // blr x1
        [OuterOfJump] = [0xd503233f, 0xa9bc7bfd, 0x910003fd, Call(OuterOfJump + 12, Jump), Return],
        [Jump] = [0xd2800006, Call(Jump + 4, Caller) & ~0x80000000], // mov x6, #0; b Caller
        [OuterOfOther] = [0xd503233f, 0xa9bc7bfd, 0x910003fd, Call(OuterOfOther + 12, Other), Return],
        [Other] = [0xd503201f, Return],
        [Outermost] = [0xd503201f, 0xd63f0020, Return], // nop; blr x1
    };

    [Fact]
    public void Its_caller_is_the_one_whose_frame_and_name_fit_the_stack()
        => AssertWalk([Stub + 12, Caller + 16, Outer + 16, Outermost + 8], 32, Outer, Caller, LargerCaller, SameSizedCaller);

    /// <summary>glibc's read jumps to what calls the stub, so that nothing names it.</summary>
    [Fact]
    public void A_caller_that_is_not_called_by_its_address_is_known_by_the_size_of_its_frame()
    {
        AssertWalk([Stub + 12, Caller + 16, IndirectOuter + 16, Outermost + 8], 32, IndirectOuter, Caller, LargerCaller);
        AssertWalk([Stub + 12, LargerCaller + 16, IndirectOuter + 16, Outermost + 8], 48, IndirectOuter, Caller, LargerCaller);
    }

    [Fact]
    public void What_is_called_by_its_address_is_the_caller_or_jumps_to_it()
    {
        AssertWalk([Stub + 12, Caller + 16, OuterOfJump + 16, Outermost + 8], 32, OuterOfJump, Caller, SameSizedCaller, Jump);
        Assert.Equal(UnwindEnd.UnknownRegister, Walk(Stub + 12, 32, OuterOfOther, [Caller, Other], out _));
    }

    [Fact]
    public void Where_two_callers_fit_none_is_taken()
    {
        Assert.Equal(UnwindEnd.UnknownRegister, Walk(Stub + 12, 32, IndirectOuter, [Caller, LargerCaller, SameSizedCaller], out List<UnwoundFrame> frames));
        Assert.Single(frames);
    }

    [Fact]
    public void Where_no_call_leads_to_the_function_none_is_taken()
        => Assert.Equal(UnwindEnd.UnknownRegister, Walk(Stub + 12, 32, Outer, [], out _));

    [Fact]
    public void A_thread_that_is_not_in_a_system_call_has_no_caller_by_its_stack()
        => Assert.Equal(UnwindEnd.UnknownRegister, Walk(Stub + 4, 32, Outer, [Caller], out _));

    private static void AssertWalk(ulong[] expected, int size, ulong outer, params ulong[] callers)
    {
        Assert.Equal(UnwindEnd.Complete, Walk(Stub + 12, size, outer, callers, out List<UnwoundFrame> frames));
        Assert.Equal(expected.Select(address => address + Bias), frames.Select(frame => frame.InstructionPointer));
        Assert.DoesNotContain(frames, frame => frame.Source == FrameSource.Scan);
    }

    // The stack of a caller with a frame of a size, which the outer function has called.
    private static UnwindEnd Walk(ulong instruction, int size, ulong outer, ulong[] callers, out List<UnwoundFrame> frames)
    {
        ulong[] stack = new ulong[64];
        int outerFrame = size / sizeof(ulong);
        stack[0] = Stack + (ulong)size;
        stack[1] = (outer + 16 + Bias) | Signature;
        stack[outerFrame] = Stack + 0x180;
        stack[outerFrame + 1] = (Outermost + 8 + Bias) | Signature;
        RegisterSet registers = default;
        registers.Set(Arm64.Sp, Stack);
        registers.Set(Arm64.Pc, instruction + Bias);
        frames = [];
        using Code code = new([Stub, outer, Outermost, .. callers]);
        return new Unwinder(Rules, (1UL << 48) - 1, code, Limits.Default).Unwind(registers, new Words(code.Bytes, stack), frames);
    }

    // BL: 26 bits of distance, in instructions.
    private static uint Call(ulong from, ulong to) => 0x94000000 | (uint)((((long)to - (long)from) >> 2) & 0x3ffffff);

    private sealed class Words(byte[] code, ulong[] stack) : IMemorySource
    {
        public int Read(ulong address, Span<byte> destination)
        {
            ReadOnlySpan<byte> bytes = address >= Stack ? MemoryMarshal.AsBytes(stack.AsSpan()) : code;
            ulong start = address >= Stack ? Stack : Bias;
            if (address < start || address - start >= (ulong)bytes.Length)
            {
                return 0;
            }

            bytes = bytes[(int)(address - start)..];
            int count = Math.Min(bytes.Length, destination.Length);
            bytes[..count].CopyTo(destination);
            return count;
        }
    }

    /// <summary>A module with some of the functions, and its rules in a file of one section.</summary>
    private sealed class Code : ICodeMap, IDisposable
    {
        // Version 4, addresses of 8 bytes, code alignment 4, data alignment -8, return address 30; def_cfa sp, 0.
        private static readonly byte[] Cie = [0xff, 0xff, 0xff, 0xff, 4, 0, 8, 0, 4, 0x78, 30, 0x0c, 31, 0];

        private readonly CodeModule _module;

        public Code(ulong[] functions)
        {
            List<byte> frames = [.. ElfBytes.U32((uint)Cie.Length), .. Cie];
            foreach (ulong function in functions.Order())
            {
                MemoryMarshal.AsBytes(Functions[function].AsSpan()).CopyTo(Bytes.AsSpan((int)function));
                byte[] entry = ElfBytes.Join(ElfBytes.U32(0), ElfBytes.U64(function), ElfBytes.U64((ulong)Functions[function].Length * 4), Program(function));
                frames.AddRange([.. ElfBytes.U32((uint)entry.Length), .. entry]);
            }

            const string Names = "\0.debug_frame\0.shstrtab\0";
            byte[] section = [.. frames];
            byte[] file = ElfBytes.Join(
                ElfBytes.Ehdr(e_machine: (ushort)ElfMachine.Arm64, e_shoff: (ulong)(64 + section.Length + Names.Length), e_shnum: 3, e_shstrndx: 2),
                section, ElfBytes.Latin1(Names),
                ElfBytes.Shdr(),
                ElfBytes.Shdr(sh_name: 1, sh_type: 1, sh_offset: 64, sh_size: (ulong)section.Length),
                ElfBytes.Shdr(sh_name: 14, sh_type: 3, sh_offset: (ulong)(64 + section.Length), sh_size: (ulong)Names.Length));
            CallFrameTable table = CallFrameTable.FromFile(ElfBytes.Image(file), new InMemoryFile(file), Limits.Default, BinaryBudget.Of(Limits.Default));
            _module = new CodeModule(AddressRange.OfLength(Bias, (ulong)Bytes.Length), Bias, table);
        }

        public byte[] Bytes { get; } = new byte[0x2000];

        public bool TryFind(ulong address, out CodeModule module)
        {
            module = _module;
            return IsExecutable(address);
        }

        public bool IsExecutable(ulong address) => _module.Range.Contains(address);

        public void Dispose() => _module.Rules.Dispose();

        // advance_loc 1; negate_ra_state; advance_loc 1; def_cfa_offset size; offset x29, c-size; offset x30, c-size+8. The outermost one: undefined x30.
        private static byte[] Program(ulong function) => function switch
        {
            Stub or Jump or Other => [],
            Outermost => [0x07, 30],
            _ => [0x41, 0x2d, 0x41, 0x0e, SizeOf(function), 0x80 | 29, (byte)(SizeOf(function) / 8), 0x80 | 30, (byte)((SizeOf(function) / 8) - 1)],
        };

        private static byte SizeOf(ulong function) => function is Outer or IndirectOuter or OuterOfJump or OuterOfOther ? (byte)64 : function == LargerCaller ? (byte)48 : (byte)32;
    }
}
