using System;
using System.Collections.Generic;
using System.Globalization;
using System.Numerics;
using PyStack.Engine.Python.Objects;
using PyStack.Engine.Python.Repr;
using Xunit;

namespace PyStack.Engine.Tests.Python.Repr;

/// <summary>The first digits of a large number are those of all its digits, as the framework writes them.</summary>
public sealed class LeadingDigitsTests
{
    [Fact]
    public void They_are_exact_or_more_of_the_number_is_asked_for()
    {
        Random random = new(14);
        int settled = 0;
        ExactPowers powers = new(long.MaxValue);
        foreach (BigInteger number in Numbers(random))
        {
            string all = number.ToString(CultureInfo.InvariantCulture);
            uint[] digits = Digits(number);
            foreach (int wanted in (int[])[1, 3, 17, 80, 81, 200])
            {
                if (all.Length <= wanted + 1)
                {
                    continue;
                }

                int top = Math.Min(digits.Length, LeadingDigits.Needed(wanted));
                bool isFound = LeadingDigits.TryFind(digits.AsSpan(digits.Length - top), digits.Length - top, wanted, null, TestContext.Current.CancellationToken, out string found);
                settled += isFound ? 1 : 0;
                Assert.True(!isFound || found == all[..wanted], $"{found} for {all[..wanted]}");
                Assert.True(LeadingDigits.TryFind(digits, 0, wanted, powers, TestContext.Current.CancellationToken, out found));
                Assert.Equal(all[..wanted], found);
            }

            Assert.InRange(LeadingDigits.AtLeast((long)number.GetBitLength()), all.Length - 1, all.Length);
        }

        Assert.True(settled > 1000, $"only {settled} by their first digits");
    }

    [Fact]
    public void What_it_takes_does_not_depend_on_the_size()
    {
        uint[] top = new uint[LeadingDigits.Needed(80)];
        new Random(1).NextBytes(System.Runtime.InteropServices.MemoryMarshal.AsBytes(top.AsSpan()));
        for (int i = 0; i < top.Length; i++)
        {
            top[i] &= (1u << IntDigits.Bits) - 1;
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.True(LeadingDigits.TryFind(top, 1L << 38, 80, null, TestContext.Current.CancellationToken, out string digits));

        // The number would have a terabyte.
        Assert.Equal(80, digits.Length);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    private static IEnumerable<BigInteger> Numbers(Random random)
    {
        foreach (int bits in (int[])[100, 300, 301, 330, 1000, 9999, 30_000])
        {
            for (int i = 0; i < 40; i++)
            {
                byte[] bytes = new byte[(bits / 8) + 1];
                random.NextBytes(bytes);
                bytes[^1] |= 1;
                yield return new BigInteger(bytes, isUnsigned: true);
            }

            for (int near = -1; near <= 1; near++)
            {
                yield return BigInteger.Pow(2, bits) + near;
                yield return BigInteger.Pow(10, bits / 3) + near;
                yield return (BigInteger.Pow(10, bits / 3) * 123_456_789) + near;
                yield return BigInteger.Pow(10, bits / 3) - BigInteger.Pow(10, bits / 7) + near;
            }
        }
    }

    private static uint[] Digits(BigInteger number)
    {
        List<uint> digits = [];
        for (; !number.IsZero; number >>= IntDigits.Bits)
        {
            digits.Add((uint)(number & ((1u << IntDigits.Bits) - 1)));
        }

        return [.. digits];
    }
}
