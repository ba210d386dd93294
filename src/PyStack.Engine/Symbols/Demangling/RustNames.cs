using System;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace PyStack.Engine.Symbols.Demangling;

/// <summary>
/// Names of Rust functions as their authors wrote them, in both manglings of rustc: the legacy one, which borrows the
/// nested names of the Itanium C++ ABI (5.1.2), and v0 (RFC 2603).
/// </summary>
internal static class RustNames
{
    /// <summary>A longer name is not read: no source has such a name, and its demangled form can be even larger.</summary>
    private const int MaxLength = 4096;

    /// <summary>The last part of a legacy name: <c>h</c> and a 64-bit hash in hexadecimal digits.</summary>
    private const int HashLength = 17;

    /// <summary>A C++ name can end in a part that looks like a hash; sixteen random digits do not have so many equal ones.</summary>
    private const int MinDistinctHashDigits = 5;

    /// <summary>Unicode ends at 10FFFF.</summary>
    private const int MaxCodePointDigits = 6;

    /// <summary>Gives the readable name; fails for names of other languages and for those that are malformed.</summary>
    public static bool TryDemangle(string name, [NotNullWhen(true)] out string? readable)
    {
        readable = null;
        if (name.Length > MaxLength)
        {
            return false;
        }

        if (name.StartsWith("_R", StringComparison.Ordinal))
        {
            return RustV0Name.TryRead(name.AsSpan(2), out readable);
        }

        return name.StartsWith("_ZN", StringComparison.Ordinal) && TryReadLegacy(name.AsSpan(3), out readable);
    }

    /// <summary>
    /// Whether a character may reach a terminal. Escapes and Punycode can spell every one in plain letters and digits, so that a
    /// hostile name could otherwise carry an escape sequence past a check of the symbol table's bytes.
    /// </summary>
    public static bool IsPrintable(Rune rune) => Rune.GetUnicodeCategory(rune)
        is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);

    private static bool TryReadLegacy(ReadOnlySpan<char> rest, [NotNullWhen(true)] out string? readable)
    {
        readable = null;
        StringBuilder text = new();
        while (TryReadPart(ref rest, out ReadOnlySpan<char> part))
        {
            // What follows the end is a clone's suffix such as ".llvm.123".
            if (rest is ['E'] or ['E', '.', ..])
            {
                readable = text.Length > 0 && IsHash(part) ? text.ToString() : null;
                return readable is not null;
            }

            if (text.Length > 0)
            {
                text.Append("::");
            }

            if (!TryAppendUnescaped(text, part))
            {
                return false;
            }
        }

        return false;
    }

    /// <summary>Reads one source-name of the Itanium C++ ABI: a decimal length and as many characters.</summary>
    private static bool TryReadPart(ref ReadOnlySpan<char> rest, out ReadOnlySpan<char> part)
    {
        part = default;
        int digits = rest.IndexOfAnyExceptInRange('0', '9');
        if (digits <= 0 || rest[0] == '0'
            || !int.TryParse(rest[..digits], NumberStyles.None, CultureInfo.InvariantCulture, out int length)
            || length > rest.Length - digits)
        {
            return false;
        }

        part = rest.Slice(digits, length);
        rest = rest[(digits + length)..];
        return true;
    }

    private static bool IsHash(ReadOnlySpan<char> part)
    {
        if (part.Length != HashLength || part[0] != 'h')
        {
            return false;
        }

        uint seen = 0;
        foreach (char digit in part[1..])
        {
            if (!char.IsAsciiHexDigitLower(digit))
            {
                return false;
            }

            seen |= 1u << (digit <= '9' ? digit - '0' : digit - 'a' + 10);
        }

        return BitOperations.PopCount(seen) >= MinDistinctHashDigits;
    }

    /// <summary>Undoes what rustc's legacy mangling does to characters that assemblers and linkers do not take.</summary>
    private static bool TryAppendUnescaped(StringBuilder text, ReadOnlySpan<char> part)
    {
        // An identifier must not begin with "$", so that rustc puts "_" before one.
        part = part.StartsWith("_$", StringComparison.Ordinal) ? part[1..] : part;
        while (!part.IsEmpty)
        {
            int used = 1;
            if (part[0] == '$')
            {
                int length = part[1..].IndexOf('$');
                if (length < 0 || !TryUnescape(part.Slice(1, length), out Rune rune))
                {
                    return false;
                }

                text.Append(rune.ToString());
                used = length + 2;
            }
            else if (part.StartsWith("..", StringComparison.Ordinal))
            {
                text.Append("::");
                used = 2;
            }
            else if (part[0] is > ' ' and <= '~')
            {
                text.Append(part[0]);
            }
            else
            {
                // Everything outside ASCII is escaped, and the lengths of the parts are bytes.
                return false;
            }

            part = part[used..];
        }

        return true;
    }

    private static bool TryUnescape(ReadOnlySpan<char> escape, out Rune rune)
    {
        rune = default;
        if (escape is ['u', .. var hex])
        {
            return hex.Length <= MaxCodePointDigits
                && int.TryParse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int codePoint)
                && Rune.TryCreate(codePoint, out rune)
                && IsPrintable(rune);
        }

        rune = new Rune(escape switch
        {
            "LT" => '<',
            "GT" => '>',
            "LP" => '(',
            "RP" => ')',
            "C" => ',',
            "SP" => '@',
            "BP" => '*',
            "RF" => '&',
            _ => '\0',
        });
        return rune.Value != 0;
    }
}
