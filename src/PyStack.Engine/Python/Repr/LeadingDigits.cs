using System;
using System.Globalization;
using System.Numerics;
using System.Threading;
using PyStack.Engine.Python.Objects;

namespace PyStack.Engine.Python.Repr;

/// <summary>
/// The first decimal digits of an int, from its highest digits of 30 bits alone: the cost depends on how many are requested and hardly on how large the number is. The result is
/// exact or there is none: the quotient is computed from below and from above, and where the two do not agree more of the number has to be known.
/// </summary>
internal static class LeadingDigits
{
    /// <summary>Bits in addition to those of the requested digits: a number that was not made for it needs more only once in 2^64 cases.</summary>
    private const int GuardBits = 64;

    /// <summary>The decimal logarithm of 2, its first 28 places: enough for the place of the first digit of any number that fits into memory.</summary>
    private const decimal Log2 = 0.3010299956639811952137388947m;

    /// <summary>How many decimal digits a number of this many bits has, at least.</summary>
    public static long AtLeast(long bits) => (long)((bits - 1) * Log2) + 1;

    /// <summary>How many of a number's highest digits of 30 bits are enough nearly always.</summary>
    public static int Needed(int wanted) => (int)(((wanted * 3.3220) + (2 * GuardBits)) / IntDigits.Bits) + 2;

    /// <summary>Finds the first decimal digits of a number that has more of them than are requested.</summary>
    /// <param name="top">Its highest digits, the lowest of them first; the last is not 0.</param>
    /// <param name="below">How many follow below them.</param>
    /// <param name="wanted">How many decimal digits.</param>
    /// <param name="digits">The digits, maybe some more.</param>
    /// <param name="powers">Decides between two numbers that differ only in the last digit; null where <paramref name="top"/> is not all of it.</param>
    /// <returns>False where what is below can change one of them, so that <paramref name="top"/> must have more; where it has all, only if the powers are used up.</returns>
    public static bool TryFind(ReadOnlySpan<uint> top, long below, int wanted, ExactPowers? powers, CancellationToken cancellation, out string digits)
    {
        BigInteger head = FromDigits(top);
        BigInteger next = below == 0 ? head : head + 1;
        long bits = head.GetBitLength() + (below * IntDigits.Bits);
        long power = Math.Max(0, AtLeast(bits) - 1 - wanted - 1); // the quotient by 10^power has 2 or 3 digits more than wanted, all of which are right
        int precision = (int)(wanted * 3.3220) + (2 * GuardBits);
        FivePower divisor = FivePower.Of(power, precision, cancellation);
        string low = Quotient(head, divisor.High, (below * IntDigits.Bits) - power - divisor.Shift);
        string high = Quotient(next, divisor.Low, (below * IntDigits.Bits) - power - divisor.Shift);
        digits = low[..Math.Min(low.Length, wanted)];
        if (low.Length == high.Length && high.StartsWith(digits, StringComparison.Ordinal))
        {
            return true;
        }

        // Between the two there is exactly one number of this many digits and zeros, because the two are so near to it.
        long zeros = power + high.Length - wanted;
        if (below > 0 || powers is null || !powers.TryGet(zeros, out BigInteger exact))
        {
            digits = "";
            return false;
        }

        string upper = high[..wanted];
        digits = head >= (BigInteger.Parse(upper, CultureInfo.InvariantCulture) * exact) << (int)zeros ? upper : digits;
        return true;
    }

    /// <summary>The number that an int's digits are, the lowest first.</summary>
    public static BigInteger FromDigits(ReadOnlySpan<uint> digits)
    {
        byte[] bytes = new byte[((digits.Length * IntDigits.Bits) + 7) / 8];
        ulong bits = 0;
        int held = 0;
        int next = 0;
        foreach (uint digit in digits)
        {
            bits |= (ulong)digit << held;
            held += IntDigits.Bits;
            for (; held >= 8; held -= 8)
            {
                bytes[next++] = (byte)bits;
                bits >>= 8;
            }
        }

        if (held > 0)
        {
            bytes[next] = (byte)bits;
        }

        return new BigInteger(bytes, isUnsigned: true);
    }

    private static string Quotient(BigInteger number, BigInteger divisor, long shift)
        => (shift >= 0 ? (number << (int)shift) / divisor : number / (divisor << (int)-shift)).ToString(CultureInfo.InvariantCulture);

    /// <summary>A power of 5 from below and from above: it is from Low to High, both times 2^Shift.</summary>
    private readonly record struct FivePower(BigInteger Low, BigInteger High, long Shift)
    {
        public static FivePower Of(long exponent, int precision, CancellationToken cancellation)
        {
            FivePower power = new FivePower(BigInteger.One, BigInteger.One, 0);
            for (int bit = 63 - BitOperations.LeadingZeroCount((ulong)exponent); bit >= 0; bit--)
            {
                cancellation.ThrowIfCancellationRequested();
                int factor = ((exponent >> bit) & 1) != 0 ? 5 : 1;
                BigInteger low = power.Low * power.Low * factor;
                BigInteger high = power.Low == power.High ? low : power.High * power.High * factor;
                long shift = power.Shift * 2;
                int excess = (int)Math.Max(0, low.GetBitLength() - precision);
                if (excess > 0)
                {
                    low >>= excess;
                    high = (high >> excess) + 1;
                    shift += excess;
                }

                power = new FivePower(low, high, shift);
            }

            return power;
        }
    }
}
