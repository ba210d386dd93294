using System;
using System.Linq;
using PyStack.Engine.Dwarf.CallFrames;
using Xunit;

namespace PyStack.Engine.Tests.Dwarf.CallFrames;

/// <summary>Call frame programs written out, beside the rows that they make (DWARF 5, 6.4.2).</summary>
public sealed class CallFrameProgramTests
{
    // A .debug_frame with one CIE (code alignment 1, data alignment -8, return address 16: CFA = r7+8, r16 at CFA-8) and one FDE for 0x1000 to 0x1100.
    private static readonly byte[] Cie = [0x00, 0x04, 0x00, 0x08, 0x00, 0x01, 0x78, 0x10, 0x0c, 0x07, 0x08, 0x90, 0x01];

    [Theory]
    [InlineData("", 0x1000, "r7+8 r16=c-8")]
    [InlineData("41 0e 10 86 02", 0x1000, "r7+8 r16=c-8")] // advance_loc 1; def_cfa_offset 16; offset r6 at c-16
    [InlineData("41 0e 10 86 02", 0x1001, "r7+16 r6=c-16 r16=c-8")]
    [InlineData("41 0e 10 86 02 43 0d 06", 0x1003, "r7+16 r6=c-16 r16=c-8")] // advance_loc 3; def_cfa_register r6
    [InlineData("41 0e 10 86 02 43 0d 06", 0x1004, "r6+16 r6=c-16 r16=c-8")]
    [InlineData("02 80 0e 20", 0x107f, "r7+8 r16=c-8")] // advance_loc1 128; def_cfa_offset 32
    [InlineData("02 80 0e 20", 0x1080, "r7+32 r16=c-8")]
    [InlineData("03 01 00 0e 20", 0x1001, "r7+32 r16=c-8")] // advance_loc2 1
    [InlineData("04 01 00 00 00 0e 20", 0x1001, "r7+32 r16=c-8")] // advance_loc4 1
    [InlineData("01 02 10 00 00 00 00 00 00 0e 20", 0x1002, "r7+32 r16=c-8")] // set_loc 0x1002
    [InlineData("41 83 03 0a 42 c3 0e 08 42 0b", 0x1001, "r7+8 r3=c-24 r16=c-8")] // offset r3; remember_state
    [InlineData("41 83 03 0a 42 c3 0e 40 42 0b", 0x1003, "r7+64 r16=c-8")] // restore r3; def_cfa_offset 64
    [InlineData("41 83 03 0a 42 c3 0e 40 42 0b", 0x1005, "r7+8 r3=c-24 r16=c-8")] // restore_state
    [InlineData("05 0c 04", 0x1000, "r7+8 r12=c-32 r16=c-8")] // offset_extended r12
    [InlineData("11 0c 7e", 0x1000, "r7+8 r12=c+16 r16=c-8")] // offset_extended_sf r12, -2
    [InlineData("14 07 02", 0x1000, "r7+8 r7=v-16 r16=c-8")] // val_offset r7, 2
    [InlineData("12 06 7d", 0x1000, "r6+24 r16=c-8")] // def_cfa_sf r6, -3
    [InlineData("13 7c", 0x1000, "r7+32 r16=c-8")] // def_cfa_offset_sf -4
    [InlineData("07 10", 0x1000, "r7+8 r16=undefined")] // undefined r16
    [InlineData("08 03", 0x1000, "r7+8 r3=same r16=c-8")] // same_value r3
    [InlineData("09 03 0c", 0x1000, "r7+8 r3=r12 r16=c-8")] // register r3, r12
    [InlineData("0f 02 77 08", 0x1000, "77-08 r16=c-8")] // def_cfa_expression: breg7 8
    [InlineData("10 06 02 76 7e", 0x1000, "r7+8 r6=[76-7E] r16=c-8")] // expression r6: breg6 -2
    [InlineData("16 06 02 76 7e", 0x1000, "r7+8 r6=76-7E r16=c-8")] // val_expression r6
    [InlineData("2e 10 00 00", 0x1000, "r7+8 r16=c-8")] // GNU_args_size; nop
    [InlineData("80 00 90 00", 0x1000, "r7+8 r0=c+0 r16=c+0")]
    public void A_program_makes_the_row_of_an_address(string program, int address, string expected)
    {
        CallFrameRow row = new();
        Assert.True(TryFind(Section(Bytes(program)), (ulong)address, row));
        Assert.Equal(expected, Describe(row));
    }

    [Theory]
    [InlineData("0e")] // an offset is missing
    [InlineData("0b")] // nothing was remembered
    [InlineData("0f 7f 00")] // the expression is longer than the program
    [InlineData("3f")] // no such instruction
    public void A_broken_program_makes_none(string program) => Assert.False(TryFind(Section(Bytes(program)), 0x1000, new CallFrameRow()));

    [Theory]
    [InlineData(0xfff)]
    [InlineData(0x1100)]
    public void An_address_outside_of_the_function_has_no_row(int address) => Assert.False(TryFind(Section([]), (ulong)address, new CallFrameRow()));

    [Fact]
    public void States_are_not_remembered_without_end()
        => Assert.False(TryFind(Section([.. Enumerable.Repeat((byte)0x0a, 10_000)]), 0x1000, new CallFrameRow()));

    private static bool TryFind(byte[] section, ulong address, CallFrameRow row)
        => new CallFrameEntries(section, 0, 0, isEhFrame: false).TryFillRow((ulong)(4 + 4 + Cie.Length - 1), address, row);

    private static byte[] Section(byte[] program)
    {
        byte[] cie = [.. BitConverter.GetBytes(4 + Cie.Length - 1), 0xff, 0xff, 0xff, 0xff, .. Cie.AsSpan(1)];
        byte[] body = [0, 0, 0, 0, .. BitConverter.GetBytes(0x1000L), .. BitConverter.GetBytes(0x100L), .. program];
        return [.. cie, .. BitConverter.GetBytes(body.Length), .. body];
    }

    private static byte[] Bytes(string hex) => hex.Length == 0 ? [] : Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));

    private static string Describe(CallFrameRow row)
    {
        string cfa = row.Cfa.Kind == CfaKind.Expression
            ? BitConverter.ToString(row.ExpressionOf(row.Cfa.Operand).ToArray())
            : $"r{row.Cfa.Register}{row.Cfa.Operand:+0;-0;+0}";
        foreach (int register in Enumerable.Range(0, RowState.Registers))
        {
            RegisterRule rule = row.RuleOf(register);
            cfa += rule.Kind switch
            {
                RegisterRuleKind.Unspecified => "",
                RegisterRuleKind.Offset => $" r{register}=c{rule.Operand:+0;-0;+0}",
                RegisterRuleKind.ValueOffset => $" r{register}=v{rule.Operand:+0;-0;+0}",
                RegisterRuleKind.Undefined => $" r{register}=undefined",
                RegisterRuleKind.SameValue => $" r{register}=same",
                RegisterRuleKind.Register => $" r{register}=r{rule.Operand}",
                RegisterRuleKind.Expression => $" r{register}=[{BitConverter.ToString(row.ExpressionOf(rule.Operand).ToArray())}]",
                _ => $" r{register}={BitConverter.ToString(row.ExpressionOf(rule.Operand).ToArray())}",
            };
        }

        return cfa;
    }
}
