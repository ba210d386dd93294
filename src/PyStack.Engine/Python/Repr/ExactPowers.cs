using System.Collections.Generic;
using System.Numerics;
using PyStack.Engine.Python.Objects;

namespace PyStack.Engine.Python.Repr;

/// <summary>Powers of 5 with all their digits: each is made once, and all together have a bound.</summary>
/// <param name="digits">How many digits of 30 bits all of them may have.</param>
internal sealed class ExactPowers(long digits)
{
    private readonly Dictionary<long, BigInteger> _powers = [];
    private long _left = digits;

    /// <summary>5 to the power of <paramref name="exponent"/>; false if there is no more room.</summary>
    public bool TryGet(long exponent, out BigInteger power)
    {
        if (_powers.TryGetValue(exponent, out power))
        {
            return true;
        }

        // The binary logarithm of 5 is 2.33.
        _left -= (exponent / IntDigits.Bits * 3) + 1;
        if (_left < 0)
        {
            return false;
        }

        power = BigInteger.Pow(5, (int)exponent);
        _powers.Add(exponent, power);
        return true;
    }
}
