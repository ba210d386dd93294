using System;
using System.Runtime.InteropServices;
using PyStack.Engine.Memory;

namespace PyStack.Engine.Python.Objects;

/// <summary>bool, int (also 2.7's two kinds of it), float, complex.</summary>
internal sealed partial class ObjectReader
{
    /// <summary>Digits of an int that a <c>long</c> has room for.</summary>
    private const int SmallDigits = 3;

    /// <summary>_PyLong_SIGN_MASK (cpython/longintrepr.h, 3.12): 0 positive, 1 zero, 2 negative.</summary>
    private const ulong SignMask = 3;

    private const long MaxDigits = 1L << 40;

    /// <summary>Reads a bool.</summary>
    public bool TryReadBool(ulong address, out bool value)
    {
        value = false;
        if (IsPython2)
        {
            if (!TryReadField(address, 0, out long number) || number is not (0 or 1))
            {
                return false;
            }

            value = number == 1;
            return true;
        }

        if (!TryReadDigits(address, out IntDigits digits) || digits.Count > 1)
        {
            return false;
        }

        value = digits.Count == 1;
        return true;
    }

    /// <summary>Reads an int or bool, or an instance of a class that inherits from int; false where there is none, and where it needs more than 64 bits.</summary>
    public bool TryReadInt64(ulong address, out long value)
    {
        value = 0;
        return TryGetType(address, out TypeInfo type) && TryReadInt64(address, type, out value);
    }

    /// <inheritdoc cref="TryReadInt64(ulong, out long)"/>
    public bool TryReadInt64(ulong address, in TypeInfo type, out long value)
    {
        value = 0;
        return type.Kind == ObjectKind.SmallInt || (type.Kind == ObjectKind.Bool && IsPython2)
            ? TryReadSmallInt(address, out value)
            : type.Kind is ObjectKind.Int or ObjectKind.Bool && TryReadDigits(address, out IntDigits digits) && TryReadInt64(digits, out value);
    }

    /// <summary>Reads 2.7's int, a C long.</summary>
    public bool TryReadSmallInt(ulong address, out long value) => TryReadField(address, 0, out value);

    /// <summary>Reads how many digits an int has and where they are: the sign is in <c>ob_size</c>, negative for a negative number, or from 3.12 in <c>lv_tag</c>.</summary>
    public bool TryReadDigits(ulong address, out IntDigits digits)
    {
        digits = default;
        if (!TryReadField(address, 0, out long count))
        {
            return false;
        }

        bool isNegative;
        if (layout.Values.LongTagBits is int bits)
        {
            isNegative = ((ulong)count & SignMask) == 2;
            count >>>= bits;
        }
        else
        {
            isNegative = count < 0;
            count = Math.Abs(Math.Max(count, -long.MaxValue));
        }

        digits = new IntDigits(address + (ulong)layout.Values.LongDigits, count, isNegative);
        return count < MaxDigits;
    }

    /// <summary>The number that digits are; false where they are none, and where it needs more than 64 bits.</summary>
    public bool TryReadInt64(in IntDigits digits, out long value)
    {
        value = 0;
        Span<uint> words = stackalloc uint[SmallDigits];
        words.Clear();
        if (digits.Count > words.Length || !_memory.TryRead(digits.Address, MemoryMarshal.AsBytes(words[..(int)digits.Count])))
        {
            return false;
        }

        // The third digit has bits 60 to 89, of which a positive number of 64 bits has three.
        if (words[0] >> IntDigits.Bits != 0 || words[1] >> IntDigits.Bits != 0 || words[2] >> 3 != 0)
        {
            return false;
        }

        value = words[0] | ((long)words[1] << IntDigits.Bits) | ((long)words[2] << (2 * IntDigits.Bits));
        value = digits.IsNegative ? -value : value;
        return true;
    }

    /// <summary>Reads a float.</summary>
    public bool TryReadFloat(ulong address, out double value) => TryReadField(address, 0, out value);

    /// <summary>Reads a complex number.</summary>
    public bool TryReadComplex(ulong address, out double real, out double imaginary)
        => TryReadField(address, 0, out real) & TryReadField(address, sizeof(double), out imaginary);
}
