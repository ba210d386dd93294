using System;
using System.Globalization;
using System.Runtime.InteropServices;
using PyStack.Engine.Python.Objects;

namespace PyStack.Engine.Python.Repr;

/// <summary>bool, int, float, complex.</summary>
internal sealed partial class ReprWriter
{
    /// <summary>An int of more digits is written once, wherever else it comes up.</summary>
    private const int CostlyDigits = 100;

    private long _intDigitsLeft;
    private ExactPowers? _powers;
    private bool _isCostly;

    private bool TryBool(ulong address)
    {
        if (!_objects.TryReadBool(address, out bool isTrue))
        {
            return false;
        }

        _text.Append(isTrue ? "True" : "False");
        return true;
    }

    private bool TrySmallInt(ulong address)
    {
        if (!_objects.TryReadSmallInt(address, out long number))
        {
            return false;
        }

        _text.Append(number);
        return true;
    }

    private bool TryInt(ulong address)
    {
        if (!_objects.TryReadDigits(address, out IntDigits digits))
        {
            return false;
        }

        if (digits.Count <= 2)
        {
            return TryWriteSmall(digits) && WithSuffix();
        }

        if (digits.IsNegative)
        {
            _text.Append('-');
        }

        // As much as is shown of a longer one, and a little more.
        int wanted = _text.Room;
        bool isLonger = LeadingDigits.AtLeast(((digits.Count - 1) * IntDigits.Bits) + 1) > wanted;
        int top = (int)(isLonger ? Math.Min(digits.Count, LeadingDigits.Needed(wanted)) : digits.Count);
        return _isPrefetching ? TryPrefetchDigits(digits, top, wanted) : isLonger ? TryWriteHead(address, digits, top, wanted) : TryWriteWhole(digits, top) && WithSuffix();
    }

    private bool WithSuffix()
    {
        if (_objects.IsPython2)
        {
            _text.Append('L');
        }

        return true;
    }

    private bool TryWriteSmall(in IntDigits digits)
    {
        if (!_objects.TryReadInt64(digits, out long value))
        {
            return false;
        }

        if (_isPrefetching)
        {
            _text.Skip(1);
        }
        else
        {
            _text.Append(value);
        }

        return true;
    }

    // Counted as no longer than the number will be, so that no less of what follows is read: a digit of ours is nine of theirs and a little more.
    private bool TryPrefetchDigits(in IntDigits digits, int top, int wanted)
    {
        ulong first = digits.Address + ((ulong)(digits.Count - top) * sizeof(uint));
        if (!_objects.TryPrefetch(first, top * sizeof(uint)))
        {
            return false;
        }

        // Outside of the pause there is time to see whether the highest digits suffice.
        if (!_isPaused && top < digits.Count && digits.Count <= _limits.IntDigits && TryReadDigits(first, top, out Span<uint> highest)
            && !LeadingDigits.TryFind(highest, digits.Count - top, wanted, null, _cancellation, out _))
        {
            _ = _objects.TryPrefetch(digits.Address, (int)digits.Count * sizeof(uint));
        }

        _text.Skip((int)Math.Min((digits.Count - 1) * 9, _text.Room));
        return true;
    }

    private bool TryWriteHead(ulong address, in IntDigits digits, int top, int wanted)
    {
        _isCostly = true;
        long count = digits.Count;
        if (!TryReadDigits(digits.Address + ((ulong)(count - top) * sizeof(uint)), top, out Span<uint> highest))
        {
            return false;
        }

        if (LeadingDigits.TryFind(highest, count - top, wanted, top == count ? _powers : null, _cancellation, out string head))
        {
            _text.Append(head);
            return true;
        }

        // A number such as 10**k - 1, whose first digits are those of 10**k until the last digit is known.
        if (count <= _limits.IntDigits
            && (_intDigitsLeft -= count) >= 0
            && TryReadDigits(digits.Address, (int)count, out Span<uint> all)
            && LeadingDigits.TryFind(all, 0, wanted, _powers, _cancellation, out head))
        {
            _text.Append(head);
            return true;
        }

        _text.Append("<int of about ");
        _text.Append(count * IntDigits.Bits);
        _text.Append(" bits at ");
        _text.AppendAddress(address);
        _text.Append('>');
        return true;
    }

    private bool TryWriteWhole(in IntDigits digits, int count)
    {
        _isCostly |= count > CostlyDigits;
        if (!TryReadDigits(digits.Address, count, out Span<uint> all))
        {
            return false;
        }

        _text.Append(LeadingDigits.FromDigits(all).ToString(CultureInfo.InvariantCulture));
        return true;
    }

    private bool TryReadDigits(ulong address, int count, out Span<uint> digits)
    {
        digits = default;
        if (!TryBuffer(count * sizeof(uint), out Span<byte> bytes) || !_objects.TryReadBytes(address, bytes))
        {
            return false;
        }

        digits = MemoryMarshal.Cast<byte, uint>(bytes);
        return digits[^1] != 0 && digits.IndexOfAnyInRange(1u << IntDigits.Bits, uint.MaxValue) < 0;
    }

    private bool TryFloat(ulong address)
    {
        if (!_objects.TryReadFloat(address, out double value))
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
        if (!_objects.TryReadComplex(address, out double real, out double imaginary))
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
