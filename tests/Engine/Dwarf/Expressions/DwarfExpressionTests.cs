using System;
using PyStack.Engine.Dwarf.Expressions;
using Xunit;

namespace PyStack.Engine.Tests.Dwarf.Expressions;

/// <summary>Expressions written out, beside what they give (DWARF 5, 2.5). Register n has the value 1000 n; memory at an address holds the address plus 1.</summary>
public sealed class DwarfExpressionTests
{
    [Theory]
    [InlineData("77 08", null, 7008)] // breg7 8
    [InlineData("92 07 78", null, 6992)] // bregx 7, -8
    [InlineData("77 00 06", null, 7001)] // breg7 0; deref
    [InlineData("77 00 94 01", null, 0x59)] // deref_size 1: the low byte of 7001, 0x1b59
    [InlineData("23 10", 100L, 116)] // plus_uconst 16 on the CFA
    [InlineData("77 08 80 00 3f 1a 3b 2a 33 24 22", null, 7008)] // what a PLT entry has: breg7 8; breg16 0; lit15; and; lit11; ge; lit3; shl; plus (16000 & 15 is 0)
    [InlineData("08 ff", null, 255)]
    [InlineData("09 ff", null, -1)]
    [InlineData("0a 01 80", null, 0x8001)]
    [InlineData("0c 01 00 00 80", null, 0x80000001L)]
    [InlineData("10 80 01", null, 128)]
    [InlineData("11 7f", null, -1)]
    [InlineData("35 32 1c", null, 3)] // lit5; lit2; minus
    [InlineData("35 32 1b", null, 2)] // div
    [InlineData("35 32 1d", null, 1)] // mod
    [InlineData("35 32 1e", null, 10)] // mul
    [InlineData("35 1f", null, -5)] // neg
    [InlineData("35 1f 19", null, 5)] // abs
    [InlineData("35 32 16 1c", null, -3)] // swap
    [InlineData("35 12 22", null, 10)] // dup
    [InlineData("35 32 14 22 22", null, 12)] // over
    [InlineData("35 32 15 01 13", null, 2)] // pick 1; drop
    [InlineData("31 28 02 00 35 2f 33", null, 3)] // lit1; bra +2 over "lit5; skip": lit3
    public void An_expression_gives_its_value(string expression, long? initial, long expected)
    {
        Context context = default;
        Assert.True(DwarfExpression.TryEvaluate(Bytes(expression), (ulong?)initial, ref context, out ulong value));
        Assert.Equal(expected, (long)value);
    }

    [Theory]
    [InlineData("")] // nothing on the stack
    [InlineData("22")] // too few for plus
    [InlineData("30 30 1b")] // division by zero
    [InlineData("50")] // reg0 is a place and no value
    [InlineData("92 40 00")] // a register that is not known
    [InlineData("09")] // its operand is missing
    [InlineData("2f fd ff")] // a loop for ever
    [InlineData("30 2f fc ff")] // a loop that fills the stack
    [InlineData("2f ff 7f")] // a jump to nowhere
    public void One_that_is_wrong_gives_none(string expression)
    {
        Context context = default;
        Assert.False(DwarfExpression.TryEvaluate(Bytes(expression), null, ref context, out _));
    }

    [Fact]
    public void Two_thousand_expressions_of_random_bytes_end()
    {
        Random random = new(1);
        byte[] bytes = new byte[64];
        Context context = default;
        for (int i = 0; i < 2000; i++)
        {
            random.NextBytes(bytes);
            _ = DwarfExpression.TryEvaluate(bytes.AsSpan(0, random.Next(bytes.Length)), (ulong)i, ref context, out _);
        }
    }

    private static byte[] Bytes(string hex) => hex.Length == 0 ? [] : Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));

    private struct Context : IExpressionContext
    {
        public readonly bool TryGetRegister(int register, out ulong value)
        {
            value = (ulong)register * 1000;
            return register < 33;
        }

        public readonly bool TryReadMemory(ulong address, int size, out ulong value)
        {
            value = size == 8 ? address + 1 : (address + 1) & ((1UL << (8 * size)) - 1);
            return true;
        }
    }
}
