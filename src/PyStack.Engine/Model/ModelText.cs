using System;
using System.Buffers;
using System.Linq;
using System.Text;

namespace PyStack;

/// <summary>
/// Text of a target as the objects have it: unchanged, but for characters that no XML document can contain (Char in XML 1.0, 2.2). With them
/// <c>ConvertTo-Xml</c>, or remoting and <c>Export-Clixml</c>, would fail, and with the object all others of the pipeline.
/// </summary>
internal static class ModelText
{
    // Not IndexOfAnyExceptInRange: code that is not optimized yet boxes the two ends of the range for each text.
    private static readonly SearchValues<char> Printable = SearchValues.Create([.. Enumerable.Range(' ', '~' - ' ' + 1).Select(code => (char)code)]);

    /// <summary>
    /// The text with control characters but tab and line ends, halves of surrogate pairs, U+FFFE and U+FFFF written as <see cref="TerminalText"/> writes them:
    /// <c>\x1b</c>, <c>\ufffe</c>, and <c>\xff</c> for a byte that is not UTF-8.
    /// </summary>
    public static string? Of(string? text)
    {
        if (text is null || FirstInvalid(text, 0) is var first && first < 0)
        {
            return text;
        }

        var builder = new StringBuilder(text.Length + 16);
        int from = 0;
        for (int at = first; at >= 0; at = FirstInvalid(text, from))
        {
            TerminalText.AppendEscaped(builder.Append(text, from, at - from), text.AsSpan(at, 1));
            from = at + 1;
        }

        return builder.Append(text, from, text.Length - from).ToString();
    }

    /// <summary>The same of a line of source: a form feed, which is white space there, is a blank.</summary>
    public static string? OfSource(string? line) => Of(line?.Replace('\f', ' '));

    private static int FirstInvalid(string text, int from)
    {
        for (int i = from; i < text.Length; i++)
        {
            // Almost all text is printable ASCII.
            int next = text.AsSpan(i).IndexOfAnyExcept(Printable);
            if (next < 0)
            {
                return -1;
            }

            i += next;
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                i++;
            }
            else if (text[i] is (< ' ' and not ('\t' or '\n' or '\r')) or (>= '\ud800' and <= '\udfff') or '\ufffe' or '\uffff')
            {
                return i;
            }
        }

        return -1;
    }
}
