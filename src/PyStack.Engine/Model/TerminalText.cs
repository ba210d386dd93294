using System;
using System.Buffers;
using System.Globalization;
using System.Text;

namespace PyStack;

/// <summary>
/// Text that came from a target, made safe to show: it cannot move the cursor, or colour, hide or reverse the text next to it. Every text of a
/// target goes through here before a view, a message, a completion or a <c>ToString()</c> has it; the objects' properties keep it as it is.
/// </summary>
internal static class TerminalText
{
    // U+DC80 to U+DCFF stand for the bytes 0x80 to 0xFF of a path that is not UTF-8, as PEP 383 has them.
    private const char FirstByteSurrogate = '\udc80';
    private const char LastByteSurrogate = '\udcff';

    /// <summary>
    /// The text with its invisible characters written out as Python's <c>repr()</c> writes them: <c>\x1b</c> below 256, <c>\u202e</c> below 65536,
    /// <c>\U000e0041</c> above. A surrogate that stands for a byte is that byte, <c>\xff</c>.
    /// </summary>
    /// <remarks>
    /// Those are the Unicode categories Cc, Cf, Cs, Co, Cn, Zl and Zp, the variation selectors, and what else has the property
    /// Default_Ignorable_Code_Point: characters that a terminal shows as nothing.
    /// </remarks>
    public static string Escape(string text)
    {
        int first = FirstUnsafe(text, 0);
        if (first < 0)
        {
            return text;
        }

        var builder = new StringBuilder(text.Length + 16);
        AppendEscaped(builder, text);
        return builder.ToString();
    }

    /// <summary>Appends the text as <see cref="Escape"/> gives it.</summary>
    public static void AppendEscaped(StringBuilder builder, ReadOnlySpan<char> text)
    {
        int from = 0;
        for (int at = FirstUnsafe(text, 0); at >= 0; at = FirstUnsafe(text, from))
        {
            builder.Append(text[from..at]);
            int code = CodeAt(text, at, out int length);
            AppendCode(builder, code is >= FirstByteSurrogate and <= LastByteSurrogate ? code & 0xff : code);
            from = at + length;
        }

        builder.Append(text[from..]);
    }

    /// <summary>Whether a code point is written out.</summary>
    /// <param name="code">0 to 0x10FFFF; surrogates included.</param>
    public static bool IsUnsafe(int code) => CharUnicodeInfo.GetUnicodeCategory(code) is UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator || IsIgnorable(code);

    // Default_Ignorable_Code_Point (DerivedCoreProperties.txt of Unicode 17) without what the categories above have.
    private static bool IsIgnorable(int code) => code
        is 0x034f // combining grapheme joiner
        or 0x115f or 0x1160 or 0x3164 or 0xffa0 // Hangul fillers
        or 0x17b4 or 0x17b5 // Khmer vowels that are not written
        or (>= 0x180b and <= 0x180d) or 0x180f // Mongolian variation selectors
        or (>= 0xfe00 and <= 0xfe0f) or (>= 0xe0100 and <= 0xe01ef); // variation selectors

    private static int FirstUnsafe(ReadOnlySpan<char> text, int from)
    {
        while (from < text.Length)
        {
            // Almost all text is printable ASCII.
            int next = text[from..].IndexOfAnyExceptInRange(' ', '~');
            if (next < 0)
            {
                return -1;
            }

            from += next;
            if (IsUnsafe(CodeAt(text, from, out int length)))
            {
                return from;
            }

            from += length;
        }

        return -1;
    }

    /// <summary>The code point at an index, a surrogate without its other half being one of its own, and its length in characters.</summary>
    private static int CodeAt(ReadOnlySpan<char> text, int at, out int length)
        => Rune.DecodeFromUtf16(text[at..], out Rune rune, out length) == OperationStatus.Done ? rune.Value : text[at];

    private static void AppendCode(StringBuilder builder, int code)
    {
        (string prefix, string format) = code < 0x100 ? ("\\x", "x2") : code < 0x10000 ? ("\\u", "x4") : ("\\U", "x8");
        builder.Append(prefix).Append(code.ToString(format, CultureInfo.InvariantCulture));
    }
}
