using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text;
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
/// Stacks written out word by word, of code that is compiled: a thread is in a function without call frame information, as all of musl's, in whose part of the stack an earlier call has left its
/// return address.
/// </summary>
public sealed class CallEvidenceTests
{
    private const ulong Stack = 0x7000_0000;
    private const ulong LoadBias = 0x5000_0000_0000;

    // Each has the frame size that its rules say; a label after a call is the return address of that call.
    private const string Source = """
        __asm__(".text\n"
        ".macro begin name\n .p2align 4\n \\name: .cfi_startproc\n .endm\n"
        ".macro enter size\n sub $\\size, %rsp\n .cfi_adjust_cfa_offset \\size\n .endm\n"
        ".macro leave size\n add $\\size, %rsp\n .cfi_adjust_cfa_offset -\\size\n ret\n .cfi_endproc\n .endm\n"
        "without_rules: syscall\n ret\n"
        "begin old\n ret\n .cfi_endproc\n"
        "begin caller\n enter 24\n call old\n after_old: call *%rax\n after_pointer: leave 24\n"
        "begin other\n enter 40\n call *%rax\n after_other: leave 40\n"
        "begin near\n .byte 0xe9\n .long without_rules - . - 4\n .cfi_endproc\n"
        "begin short\n jmp without_rules\n .cfi_endproc\n"
        "begin pointer\n jmp *%rax\n .cfi_endproc\n"
        "begin moved\n .byte 0x0f, 0x85\n .long without_rules - . - 4\n ret\n .cfi_endproc\n"
        "begin inside\n 1: call old\n jmp 1b\n ret\n .cfi_endproc\n"
        "begin waits\n enter 8\n call caller\n after_caller: call without_rules\n after_without_rules: call near\n after_near: call short\n"
        "after_short: call pointer\n after_pointed: call moved\n after_moved: call inside\n after_inside: leave 8\n"
        "begin bottom\n .cfi_undefined %rip\n call waits\n after_waits: hlt\n .cfi_endproc\n");
        """;

    [Theory]
    [InlineData("after_old")] // where the call left it: looks like that of a function that has no frame yet
    [InlineData("0 after_old")] // further up
    public void An_address_that_the_call_of_another_function_left_is_not_the_callers(string left)
        => Assert.Equal(
            ["without_rules", "after_without_rules", "after_waits"],
            Walk($"{left} 0 0 0 after_without_rules 0 after_waits"));

    [Fact]
    public void Nor_is_one_from_which_the_rules_lead_to_the_call_of_another_function()
        => Assert.Equal(
            ["without_rules", "after_pointer", "after_caller", "after_waits"],
            Walk("0 after_other 0 after_pointer 0 0 0 after_caller 0 after_waits"));

    [Theory]
    [InlineData("after_near")]
    [InlineData("after_short")]
    [InlineData("after_pointed")]
    [InlineData("after_moved")] // a part of it that the compiler put elsewhere
    public void A_function_that_jumps_to_another_one_has_called_it(string caller)
        => Assert.Equal(["without_rules", caller, "after_waits"], Walk($"0 {caller} 0 after_waits"));

    [Fact]
    public void A_jump_within_a_function_leads_nowhere_else()
        => Assert.Equal(["without_rules", "after_without_rules", "after_waits"], Walk("0 after_inside 0 after_without_rules 0 after_waits"));

    [Theory]
    [InlineData(true, 0x14000040u)] // b +0x100
    [InlineData(true, 0x17ffffc0u)] // b -0x100
    [InlineData(false, 0x14000001u)] // b +4, which is inside
    [InlineData(false, 0x94000040u)] // bl +0x100
    [InlineData(false, 0xd65f03c0u)] // ret
    [InlineData(true, 0xd61f0200u)] // br x16
    [InlineData(true, 0xd71f0801u)] // braa x0, x1
    [InlineData(false, 0xd63f0200u)] // blr x16
    [InlineData(true, 0x54000800u)] // b.eq +0x100
    [InlineData(true, 0xb4000800u)] // cbz x0, +0x100
    [InlineData(true, 0x37000800u)] // tbnz w0, #0, +0x100
    [InlineData(false, 0x54000020u)] // b.eq +4
    public void On_arm64_it_is_the_instruction_that_says_whether_it_leaves_the_function(bool leaves, uint instruction)
    {
        uint[] function = [instruction, 0xd503201f, 0xd503201f, 0xd65f03c0]; // nop, nop, ret
        Assert.Equal(leaves, ProcessorRules.Of(Arm64.Processor).MayLeave(MemoryMarshal.AsBytes(function.AsSpan()), new AddressRange(0x1000, 0x1010), new AllCode()));
    }

    /// <summary>The stack of a thread that is in the function without rules, as the labels of its addresses.</summary>
    /// <param name="words">From the stack pointer on: labels, and 0 for what is not looked at.</param>
    private static string[] Walk(string words)
    {
        Assert.SkipUnless(RuntimeInformation.ProcessArchitecture == Architecture.X64, "the functions are those of x86-64");
        string path = Toolchain.Shared("evidence.so", Source, "-shared", "-nostdlib");
        Assert.True(ElfImage.TryFromFile(new InMemoryFile(File.ReadAllBytes(path)), Limits.Default, out ElfImage? image, out string problem), problem);
        string[] labels = [.. words.Split(' ').Append("without_rules").Where(word => word != "0").Distinct()];
        Dictionary<string, ulong> addresses = labels.ToDictionary(label => label, label => Find(image, label));

        ProcessorRules rules = ProcessorRules.Of(X64.Processor);
        RegisterSet registers = default;
        registers.Set(X64.Processor.StackPointer, Stack);
        registers.Set(X64.Processor.InstructionPointer, addresses["without_rules"]);
        List<UnwoundFrame> frames = [];
        UnwindEnd end = new Unwinder(rules, rules.Processor.CodeMask, new OneModule(image), Limits.Default).Unwind(
            registers, new StackAndCode(image, [.. words.Split(' ').Select(word => word == "0" ? 0 : addresses[word])]), frames);

        Assert.Equal(UnwindEnd.Complete, end);
        return [.. frames.Select(frame => labels.First(label => addresses[label] == frame.InstructionPointer))];
    }

    private static ulong Find(ElfImage image, string label)
    {
        Assert.True(SymbolScan.TryFind(image.Sections!, Encoding.ASCII.GetBytes(label), Limits.Default, out ElfSymbol symbol), label);
        return LoadBias + symbol.Value;
    }

    private sealed class StackAndCode(ElfImage image, ulong[] words) : IMemorySource
    {
        public int Read(ulong address, Span<byte> destination)
        {
            if (address >= LoadBias)
            {
                return image.AddressSpace.Read(address - LoadBias, destination);
            }

            ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(words.AsSpan());
            ulong offset = address - Stack;
            int count = address < Stack || offset >= (ulong)bytes.Length ? 0 : Math.Min(bytes.Length - (int)offset, destination.Length);
            bytes.Slice(count == 0 ? 0 : (int)offset, count).CopyTo(destination);
            return count;
        }
    }

    private sealed class OneModule : ICodeMap
    {
        private readonly CodeModule _module;

        public OneModule(ElfImage image)
            => _module = new CodeModule(new AddressRange(LoadBias, LoadBias + 0x10_0000), LoadBias, CallFrameTable.FromSegments(image, Limits.Default, BinaryBudget.Of(Limits.Default)));

        public bool TryFind(ulong address, out CodeModule module)
        {
            module = _module;
            return module.Range.Contains(address);
        }

        public bool IsExecutable(ulong address) => _module.Range.Contains(address);
    }

    private sealed class AllCode : ICodeMap
    {
        public bool TryFind(ulong address, out CodeModule module)
        {
            module = null!;
            return false;
        }

        public bool IsExecutable(ulong address) => true;
    }
}
