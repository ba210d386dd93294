using System;
using System.Globalization;
using System.Text;

namespace PyStack.Engine.Symbols.Demangling;

/// <summary>
/// Constants among the generic arguments of a name: integers, <c>bool</c> and <c>char</c>, which are those of stable Rust. The
/// format may be extended, so that a name with any other is shown as it is.
/// </summary>
internal ref partial struct RustV0Name
{
    private bool TryReadConst()
    {
        if (++_depth > MaxDepth)
        {
            return false;
        }

        bool isRead = Take() switch
        {
            'p' => Append("_"),
            'b' => TryReadHex(out ReadOnlySpan<byte> hex) && TryParse(hex, out ulong value)
                && value <= 1 && Append(value == 1 ? "true" : "false"),
            'c' => TryReadHex(out ReadOnlySpan<byte> hex) && TryParse(hex, out ulong value) && AppendCharacter(value),
            'h' or 't' or 'm' or 'y' or 'o' or 'j' => TryReadInteger(),
            'a' or 's' or 'l' or 'x' or 'n' or 'i' => (!TryTake('n') || Append("-")) && TryReadInteger(),
            'B' => TryJump(out int back) && (_isSilent || (TryReadConst() && Return(back))),
            _ => false,
        };
        _depth--;
        return isRead;
    }

    private bool TryReadInteger()
    {
        if (!TryReadHex(out ReadOnlySpan<byte> hex))
        {
            return false;
        }

        return TryParse(hex, out ulong value)
            ? Append(value.ToString(CultureInfo.InvariantCulture))
            : Append("0x") && Append(Encoding.ASCII.GetString(hex));
    }

    /// <summary>Reads the digits of a number, without zeros before it.</summary>
    private bool TryReadHex(out ReadOnlySpan<byte> digits)
    {
        int start = _position;
        while (char.IsAsciiHexDigitLower(Peek()))
        {
            Take();
        }

        digits = _name[start.._position].TrimStart((byte)'0');
        return TryTake('_');
    }

    private static bool TryParse(ReadOnlySpan<byte> hex, out ulong value)
    {
        value = 0;
        return hex.IsEmpty || ulong.TryParse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
    }

    /// <summary>Writes a character as its literal in Rust.</summary>
    private readonly bool AppendCharacter(ulong value)
    {
        if (value > int.MaxValue || !Rune.TryCreate((int)value, out Rune rune))
        {
            return false;
        }

        string text = rune.Value switch
        {
            0 => "\\0",
            '\t' => "\\t",
            '\n' => "\\n",
            '\r' => "\\r",
            '\'' => "\\'",
            '\\' => "\\\\",
            _ when RustNames.IsPrintable(rune) => rune.ToString(),
            _ => string.Create(CultureInfo.InvariantCulture, $"\\u{{{rune.Value:x}}}"),
        };
        return Append("'") && Append(text) && Append("'");
    }
}
