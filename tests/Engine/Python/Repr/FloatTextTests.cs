using System;
using System.Globalization;
using System.Linq;
using PyStack.Engine.Python.Repr;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Python.Repr;

/// <summary>Floating-point numbers as Python writes them.</summary>
public sealed class FloatTextTests
{
    [Fact]
    public void Every_number_is_written_as_Python_writes_it()
    {
        Random random = new(3);
        ulong[] bits =
        [
            .. Enumerable.Range(0, 2000).Select(_ => (ulong)random.NextInt64(long.MinValue, long.MaxValue)),
            .. Enumerable.Range(-20, 45).SelectMany(exponent => (double[])[Math.Pow(10, exponent), 1.5 * Math.Pow(10, exponent), -7 * Math.Pow(10, exponent)])
                .Select(BitConverter.DoubleToUInt64Bits),
            .. Enumerable.Range(0, 300).Select(i => BitConverter.DoubleToUInt64Bits(i / 8.0)),
            0, 1, 0x8000_0000_0000_0000, 0x7ff0_0000_0000_0000, 0xfff0_0000_0000_0000, 0x7fef_ffff_ffff_ffff, 0x0010_0000_0000_0000,
        ];
        string list = string.Join(',', bits.Select(one => one.ToString(CultureInfo.InvariantCulture)));

        string[] expected = Commands.Run([.. InterpreterSet.Any.Command, "-c", $"import struct\nfor n in [{list}]: print(repr(struct.unpack('<d', struct.pack('<Q', n))[0]))"])
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);

        ValueText text = new();
        Assert.Equal(
            expected,
            bits.Select(one =>
            {
                text.Begin(80);
                FloatText.Append(text, BitConverter.UInt64BitsToDouble(one), hasPoint: true);
                return text.ToString();
            }));
    }
}
