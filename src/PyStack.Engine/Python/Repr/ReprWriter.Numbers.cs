using System;
using System.Globalization;
using System.Runtime.InteropServices;
using PyStack.Engine.Memory;

namespace PyStack.Engine.Python.Repr;

/// <summary>bool, int, float, complex.</summary>
internal sealed partial class ReprWriter
{
    private const int DigitBits = LeadingDigits.DigitBits;

    /// <summary>An int of more digits is written once, wherever else it comes up.</summary>
    private const int CostlyDigits = 100;

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
        if (count <= 2)
        {
            return TryWriteSmall(digits, (int)count, isNegative) && WithSuffix();
        }

        if (isNegative)
        {
            _text.Append('-');
        }

        // As much as is shown of a longer one, and a little more.
        int wanted = _text.Room;
        bool isLonger = LeadingDigits.AtLeast(((count - 1) * DigitBits) + 1) > wanted;
        int top = (int)(isLonger ? Math.Min(count, LeadingDigits.Needed(wanted)) : count);
        return _isPrefetching ? TryPrefetchDigits(digits, count, top, wanted) : isLonger ? TryWriteHead(address, digits, count, top, wanted) : TryWriteWhole(digits, top) && WithSuffix();
    }

    private bool WithSuffix()
    {
        if (_layout.Unicode is null)
        {
            _text.Append('L');
        }

        return true;
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

        if (_isPrefetching)
        {
            _text.Skip(1);
            return true;
        }

        long value = digits[0] | ((long)digits[1] << DigitBits);
        _text.Append(isNegative ? -value : value);
        return true;
    }

    // Counted as no longer than the number will be, so that no less of what follows is read: a digit of ours is nine of theirs and a little more.
    private bool TryPrefetchDigits(ulong digits, long count, int top, int wanted)
    {
        ulong first = digits + ((ulong)(count - top) * sizeof(uint));
        if (!TryPrefetchRange(first, top * sizeof(uint)))
        {
            return false;
        }

        // Outside of the pause there is time to see whether the highest digits suffice.
        if (!_isFixed && top < count && count <= _limits.IntDigits && TryReadDigits(first, top, out Span<uint> highest)
            && !LeadingDigits.TryFind(highest, count - top, wanted, null, _cancellation, out _))
        {
            _ = TryPrefetchRange(digits, (int)count * sizeof(uint));
        }

        _text.Skip((int)Math.Min((count - 1) * 9, _text.Room));
        return true;
    }

    private bool TryWriteHead(ulong address, ulong digits, long count, int top, int wanted)
    {
        _isCostly = true;
        if (!TryReadDigits(digits + ((ulong)(count - top) * sizeof(uint)), top, out Span<uint> highest))
        {
            return false;
        }

        if (LeadingDigits.TryFind(highest, count - top, wanted, top == count ? _powers : null, _cancellation, out string head))
        {
            _text.Append(head);
            return true;
        }

        // A number such as 10**k - 1, whose first digits are those of 10**k until the very last is known.
        if (count <= _limits.IntDigits
            && (_intDigitsLeft -= count) >= 0
            && TryReadDigits(digits, (int)count, out Span<uint> all)
            && LeadingDigits.TryFind(all, 0, wanted, _powers, _cancellation, out head))
        {
            _text.Append(head);
            return true;
        }

        _text.Append("<int of about ");
        _text.Append(count * DigitBits);
        _text.Append(" bits at ");
        _text.AppendAddress(address);
        _text.Append('>');
        return true;
    }

    private bool TryWriteWhole(ulong digits, int count)
    {
        _isCostly |= count > CostlyDigits;
        if (!TryReadDigits(digits, count, out Span<uint> all))
        {
            return false;
        }

        _text.Append(LeadingDigits.FromDigits(all).ToString(CultureInfo.InvariantCulture));
        return true;
    }

    private bool TryReadDigits(ulong address, int count, out Span<uint> digits)
    {
        digits = default;
        if (!TryBuffer(count * sizeof(uint), out Span<byte> bytes) || !_memory.TryRead(address, bytes))
        {
            return false;
        }

        digits = MemoryMarshal.Cast<byte, uint>(bytes);
        return digits[^1] != 0 && digits.IndexOfAnyInRange(1u << DigitBits, uint.MaxValue) < 0;
    }

    private bool TryFloat(ulong address)
    {
        if (!_memory.TryRead(address + _head, out double value))
        {
            return false;
        }

        if (_isPrefetching)
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
