using System;
using System.Collections.Generic;
using System.Text;
using System.Text.Unicode;

namespace PyStack.Engine.Symbols.Demangling;

/// <summary>The text of one identifier in Rust's v0 mangling: UTF-8, or Punycode (RFC 3492) in letters, digits and underscores.</summary>
internal static class RustIdentifier
{
    // RFC 3492, 5: the parameters of Punycode.
    private const int Base = 36;
    private const int TMin = 1;
    private const int TMax = 26;
    private const int Skew = 38;
    private const int Damp = 700;
    private const int InitialBias = 72;
    private const int InitialN = 0x80;

    public static bool TryDecode(ReadOnlySpan<byte> bytes, bool isPunycode, out string text)
    {
        text = "";
        if (isPunycode)
        {
            return TryDecodePunycode(bytes, out text) && IsPrintable(text);
        }

        if (!Utf8.IsValid(bytes))
        {
            return false;
        }

        text = Encoding.UTF8.GetString(bytes);
        return IsPrintable(text);
    }

    private static bool IsPrintable(string text)
    {
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (!RustNames.IsPrintable(rune))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>RFC 3492, 6.2, with <c>_</c> for the delimiter <c>-</c>, which symbols cannot have.</summary>
    private static bool TryDecodePunycode(ReadOnlySpan<byte> bytes, out string text)
    {
        text = "";
        int delimiter = bytes.LastIndexOf((byte)'_');
        List<Rune> runes = [];
        foreach (byte basic in bytes[..Math.Max(delimiter, 0)])
        {
            if (basic >= InitialN)
            {
                return false;
            }

            runes.Add(new Rune(basic));
        }

        ReadOnlySpan<byte> rest = bytes[(delimiter + 1)..];
        if (rest.IsEmpty)
        {
            // There is no reason for Punycode without a character outside ASCII.
            return false;
        }

        long codePoint = InitialN;
        int bias = InitialBias;
        for (long i = 0; !rest.IsEmpty; i++)
        {
            if (!TryReadDelta(ref rest, bias, out long delta))
            {
                return false;
            }

            int count = runes.Count + 1;
            bias = Adapt(delta, count, runes.Count == Math.Max(delimiter, 0));
            i += delta;
            codePoint += i / count;
            i %= count;
            if (codePoint > int.MaxValue || !Rune.TryCreate((int)codePoint, out Rune rune))
            {
                return false;
            }

            runes.Insert((int)i, rune);
        }

        StringBuilder decoded = new(runes.Count);
        foreach (Rune rune in runes)
        {
            decoded.Append(rune.ToString());
        }

        text = decoded.ToString();
        return true;
    }

    /// <summary>Reads one generalized variable-length integer (RFC 3492, 3.3).</summary>
    private static bool TryReadDelta(ref ReadOnlySpan<byte> rest, int bias, out long delta)
    {
        delta = 0;
        long weight = 1;
        int threshold = Base - bias;
        for (int i = 0; i < rest.Length; i++, threshold += Base)
        {
            int digit = rest[i] switch
            {
                >= (byte)'a' and <= (byte)'z' and byte b => b - 'a',
                >= (byte)'0' and <= (byte)'9' and byte b => b - '0' + 26,
                _ => -1,
            };
            delta += digit * weight;
            if (digit < 0 || delta > int.MaxValue)
            {
                return false;
            }

            int t = Math.Clamp(threshold, TMin, TMax);
            if (digit < t)
            {
                rest = rest[(i + 1)..];
                return true;
            }

            weight *= Base - t;
            if (weight > int.MaxValue)
            {
                return false;
            }
        }

        return false;
    }

    /// <summary>RFC 3492, 6.1.</summary>
    private static int Adapt(long delta, int count, bool isFirst)
    {
        delta /= isFirst ? Damp : 2;
        delta += delta / count;
        int bias = 0;
        for (; delta > (Base - TMin) * TMax / 2; bias += Base)
        {
            delta /= Base - TMin;
        }

        return bias + (int)((Base - TMin + 1) * delta / (delta + Skew));
    }
}
