using System;
using System.Globalization;

namespace PyStack.Engine.Python.Repr;

/// <summary>
/// Writes floating-point numbers as Python's <c>repr()</c> does: the shortest digits that round-trip (.NET has the same), with a point where the exponent is
/// from -4 to 15, else with an exponent of at least two digits (Python/pystrtod.c, format code 'r').
/// </summary>
internal static class FloatText
{
    /// <param name="hasPoint">Whether a whole number ends in <c>.0</c>: not in the parts of a complex one.</param>
    public static void Append(ValueText text, double value, bool hasPoint)
    {
        if (!double.IsFinite(value))
        {
            text.Append(double.IsNaN(value) ? "nan" : value > 0 ? "inf" : "-inf");
            return;
        }

        Span<char> written = stackalloc char[32];
        _ = value.TryFormat(written, out int count, "R", CultureInfo.InvariantCulture);
        Span<char> digits = stackalloc char[32];
        (int length, int point, bool isNegative) = Parse(written[..count], digits);
        if (isNegative)
        {
            text.Append('-');
        }

        if (point is > -4 and <= 16)
        {
            AppendFixed(text, digits[..length], point, hasPoint);
        }
        else
        {
            AppendExponent(text, digits[..length], point - 1);
        }
    }

    // Significant digits, and where the point is after the first of them: 0.001 is 1 and -2.
    private static (int Length, int Point, bool IsNegative) Parse(ReadOnlySpan<char> written, Span<char> digits)
    {
        bool isNegative = written[0] == '-';
        int exponent = 0;
        int mark = written.IndexOf('E');
        if (mark >= 0)
        {
            exponent = int.Parse(written[(mark + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
            written = written[..mark];
        }

        int length = 0;
        int point = 0;
        bool isBehind = false;
        foreach (char one in written)
        {
            if (one == '.')
            {
                isBehind = true;
            }
            else if (char.IsAsciiDigit(one))
            {
                if (length == 0 && one == '0')
                {
                    point -= isBehind ? 1 : 0;
                    continue;
                }

                digits[length++] = one;
                point += isBehind ? 0 : 1;
            }
        }

        while (length > 0 && digits[length - 1] == '0')
        {
            length--;
        }

        return length == 0 ? (0, 1, isNegative) : (length, point + exponent, isNegative);
    }

    private static void AppendFixed(ValueText text, ReadOnlySpan<char> digits, int point, bool hasPoint)
    {
        if (point <= 0)
        {
            text.Append("0.");
            for (int i = point; i < 0; i++)
            {
                text.Append('0');
            }

            text.Append(digits);
            return;
        }

        for (int i = 0; i < point; i++)
        {
            text.Append(i < digits.Length ? digits[i] : '0');
        }

        if (digits.Length > point)
        {
            text.Append('.');
            text.Append(digits[point..]);
        }
        else if (hasPoint)
        {
            text.Append(".0");
        }
    }

    private static void AppendExponent(ValueText text, ReadOnlySpan<char> digits, int exponent)
    {
        text.Append(digits[0]);
        if (digits.Length > 1)
        {
            text.Append('.');
            text.Append(digits[1..]);
        }

        text.Append(exponent < 0 ? "e-" : "e+");
        int size = Math.Abs(exponent);
        if (size < 10)
        {
            text.Append('0');
        }

        text.Append(size);
    }
}
