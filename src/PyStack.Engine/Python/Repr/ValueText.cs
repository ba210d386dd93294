using System;
using System.Text;

namespace PyStack.Engine.Python.Repr;

/// <summary>
/// The text of one value while it is put together, no longer than it will be shown. Used again for the next value. In the passes that only look at what the text needs it counts
/// characters and keeps none.
/// </summary>
internal sealed class ValueText
{
    /// <summary>The mark of a truncated value.</summary>
    private const string Ellipsis = "...";

    private char[] _text = new char[256];
    private int _limit;

    public int Length { get; private set; }

    /// <summary>Whether characters are counted and not stored: nothing is allocated then.</summary>
    public bool IsCounting { get; set; }

    /// <summary>Whether there is more than will be shown: the rest need not be read.</summary>
    public bool IsFull => Length > _limit;

    /// <summary>How many more characters have an effect: one more than fit, to detect that it is too long.</summary>
    public int Room => Math.Max(0, _limit + 1 - Length);

    /// <summary>Begins a value of at most this many characters.</summary>
    public void Begin(int limit)
    {
        _limit = limit;
        Length = 0;
    }

    public void Append(char one)
    {
        if (!IsCounting)
        {
            if (Length >= _text.Length)
            {
                Array.Resize(ref _text, (Length + 1) * 2);
            }

            _text[Length] = one;
        }

        Length++;
    }

    public void Append(ReadOnlySpan<char> text)
    {
        if (!IsCounting)
        {
            if (text.Length > _text.Length - Length)
            {
                Array.Resize(ref _text, Math.Max(_text.Length * 2, Length + text.Length));
            }

            text.CopyTo(_text.AsSpan(Length));
        }

        Length += text.Length;
    }

    /// <summary>Counts characters that will not be shown.</summary>
    public void Skip(int count) => Length += count;

    public void Append(Rune rune)
    {
        Span<char> units = stackalloc char[2];
        Append(units[..rune.EncodeToUtf16(units)]);
    }

    public void Append(long number)
    {
        Span<char> digits = stackalloc char[20];
        _ = number.TryFormat(digits, out int count, default, System.Globalization.CultureInfo.InvariantCulture);
        Append(digits[..count]);
    }

    public void Append(ulong number)
    {
        Span<char> digits = stackalloc char[20];
        _ = number.TryFormat(digits, out int count, default, System.Globalization.CultureInfo.InvariantCulture);
        Append(digits[..count]);
    }

    /// <summary>An address as <c>%p</c> writes it.</summary>
    public void AppendAddress(ulong address)
    {
        Append("0x");
        Span<char> digits = stackalloc char[16];
        _ = address.TryFormat(digits, out int count, "x", System.Globalization.CultureInfo.InvariantCulture);
        Append(digits[..count]);
    }

    /// <summary>Takes back what follows a place, back to another, if it is exactly that. Where characters are only counted it is taken back: what follows is then read rather too far.</summary>
    public void TruncateIf(int start, ReadOnlySpan<char> text, int end)
    {
        if (IsCounting || (start <= Length && _text.AsSpan(start, Length - start).SequenceEqual(text)))
        {
            Truncate(end);
        }
    }

    /// <summary>Takes back what follows a place.</summary>
    public void Truncate(int length) => Length = Math.Min(length, Length);

    /// <summary>The value, cut so that it has no more characters than it may, the last three of them dots.</summary>
    public override string ToString()
    {
        if (!IsFull)
        {
            return new string(_text, 0, Length);
        }

        int end = Math.Max(0, _limit - Ellipsis.Length); // to 3 characters nothing but the dots
        if (end > 0 && char.IsHighSurrogate(_text[end - 1]))
        {
            end--;
        }

        return string.Concat(_text.AsSpan(0, end), Ellipsis.AsSpan(0, Math.Min(_limit, Ellipsis.Length)));
    }
}
