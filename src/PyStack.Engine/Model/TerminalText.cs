using System;
using System.Globalization;
using System.Text;

namespace PyStack;

/// <summary>Text that came from a target, made safe to show: it cannot move the cursor, colour, hide or turn around what stands beside it.</summary>
internal static class TerminalText
{
    /// <summary>
    /// The text with its control characters written out: <c>\x1b</c> below 256, <c>\u202e</c> above. Those are C0, DEL, C1,
    /// the line and paragraph separators, the marks that change the direction of writing, and surrogates without their other half.
    /// </summary>
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
            int code = text[at];
            builder.Append(code < 0x100 ? "\\x" : "\\u");
            builder.Append(code.ToString(code < 0x100 ? "x2" : "x4", CultureInfo.InvariantCulture));
            from = at + 1;
        }

        builder.Append(text[from..]);
    }

    private static int FirstUnsafe(ReadOnlySpan<char> text, int from)
    {
        for (int i = from; i < text.Length; i++)
        {
            char c = text[i];
            if (char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                i++;
            }
            else if (IsUnsafe(c))
            {
                return i;
            }
        }

        return -1;
    }

    private static bool IsUnsafe(char c) => c switch
    {
        < ' ' or (>= '\x7f' and <= '\x9f') => true,
        < '\u061c' => false,
        '\u061c' => true, // Arabic letter mark
        '\u200e' or '\u200f' => true, // left-to-right and right-to-left mark
        >= '\u2028' and <= '\u202e' => true, // line and paragraph separator, embeddings and overrides
        >= '\u2066' and <= '\u2069' => true, // isolates
        _ => char.IsSurrogate(c),
    };
}
