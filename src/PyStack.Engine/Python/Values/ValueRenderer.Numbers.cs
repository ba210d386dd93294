using System;
using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using PyStack.Engine.Memory;

namespace PyStack.Engine.Python.Values;

/// <summary>bool, int, float, complex.</summary>
internal sealed partial class ValueRenderer
{
    /// <summary>PyLong_SHIFT (longintrepr.h): bits in a digit, on every 64-bit platform.</summary>
    private const int DigitBits = 30;

    /// <summary>_PyLong_SIGN_MASK (cpython/longintrepr.h, 3.12): 0 positive, 1 zero, 2 negative.</summary>
    private const ulong SignMask = 3;

    private bool TryBool(ulong address)
    {
        bool isTrue;
        if (_layout.Unicode is null)
        {
            if (!_memory.TryRead(address + _head, out long number) || number is not (0 or 1))
            {
                return false;
            }

            isTrue = number == 1;
        }
        else if (TryReadSize(address, out long count, out _) && count <= 1)
        {
            isTrue = count == 1;
        }
        else
        {
            return false;
        }

        _text.Append(isTrue ? "True" : "False");
        return true;
    }

    private bool TrySmallInt(ulong address)
    {
        if (!_memory.TryRead(address + _head, out long number))
        {
            return false;
        }

        _text.Append(number);
        return true;
    }

    private bool TryInt(ulong address)
    {
        if (!TryReadSize(address, out long count, out bool isNegative))
        {
            return false;
        }

        ulong digits = address + (ulong)_layout.Values.LongDigits;
        if (count > _limits.IntDigits)
        {
            // Its text would take seconds to find; that it is there is worth saying.
            if (!_memory.TryRead(digits + ((ulong)(count - 1) * sizeof(uint)), out uint _))
            {
                return false;
            }

            _text.Append("<int of about ");
            _text.Append(count * DigitBits);
            _text.Append(" bits at ");
            _text.AppendAddress(address);
            _text.Append('>');
            return true;
        }

        bool isWritten = count <= 2 ? TryWriteSmall(digits, (int)count, isNegative) : TryWriteLarge(digits, (int)count, isNegative);
        if (isWritten && _layout.Unicode is null)
        {
            _text.Append('L');
        }

        return isWritten;
    }

    // How many digits, and the sign: in ob_size, which is negative for a negative number, or from 3.12 in lv_tag.
    private bool TryReadSize(ulong address, out long count, out bool isNegative)
    {
        isNegative = false;
        if (!_memory.TryRead(address + _head, out count))
        {
            return false;
        }

        if (_layout.Values.LongTagBits is int bits)
        {
            isNegative = ((ulong)count & SignMask) == 2;
            count >>>= bits;
        }
        else
        {
            isNegative = count < 0;
            count = Math.Abs(Math.Max(count, -long.MaxValue));
        }

        return count < 1L << 40;
    }

    private bool TryWriteSmall(ulong address, int count, bool isNegative)
    {
        Span<uint> digits = stackalloc uint[2];
        digits.Clear();
        if (!_memory.TryRead(address, MemoryMarshal.AsBytes(digits[..count])) || digits[0] >> DigitBits != 0 || digits[1] >> DigitBits != 0)
        {
            return false;
        }

        if (_isPinning)
        {
            _text.Skip(1);
            return true;
        }

        long value = digits[0] | ((long)digits[1] << DigitBits);
        _text.Append(isNegative ? -value : value);
        return true;
    }

    private bool TryWriteLarge(ulong address, int count, bool isNegative)
    {
        if (_isPinning)
        {
            // No longer than the number will be, so that no less of what follows is read: a digit of ours is nine of theirs and a little more.
            _text.Skip((count - 1) * 9);
            return TryPinRange(address, count * sizeof(uint));
        }

        _ = TryBuffer(count * sizeof(uint), out Span<byte> bytes);
        if (!_memory.TryRead(address, bytes))
        {
            return false;
        }

        Span<uint> digits = MemoryMarshal.Cast<byte, uint>(bytes);
        if (digits[^1] == 0 || digits.IndexOfAnyInRange(1u << DigitBits, uint.MaxValue) >= 0)
        {
            return false;
        }

        BigInteger value = FromDigits(digits);
        _text.Append((isNegative ? -value : value).ToString(CultureInfo.InvariantCulture));
        return true;
    }

    private static BigInteger FromDigits(ReadOnlySpan<uint> digits)
    {
        byte[] bytes = new byte[((digits.Length * DigitBits) + 7) / 8];
        ulong bits = 0;
        int held = 0;
        int next = 0;
        foreach (uint digit in digits)
        {
            bits |= (ulong)digit << held;
            held += DigitBits;
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

    private bool TryFloat(ulong address)
    {
        if (!_memory.TryRead(address + _head, out double value))
        {
            return false;
        }

        if (_isPinning)
        {
            _text.Skip(3); // 0.0, inf, nan: no float has less
        }
        else
        {
            FloatText.Append(_text, value, hasPoint: true);
        }

        return true;
    }

    // Objects/complexobject.c, complex_repr: a real part of zero that is not negative is left out, and with it the brackets.
    private bool TryComplex(ulong address)
    {
        if (!_memory.TryRead(address + _head, out double real) || !_memory.TryRead(address + _head + sizeof(double), out double imaginary))
        {
            return false;
        }

        if (real == 0 && !double.IsNegative(real))
        {
            FloatText.Append(_text, imaginary, hasPoint: false);
            _text.Append('j');
            return true;
        }

        _text.Append('(');
        FloatText.Append(_text, real, hasPoint: false);
        if (double.IsNaN(imaginary) || !double.IsNegative(imaginary))
        {
            _text.Append('+');
        }

        FloatText.Append(_text, imaginary, hasPoint: false);
        _text.Append("j)");
        return true;
    }
}
