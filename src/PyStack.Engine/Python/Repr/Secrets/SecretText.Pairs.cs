using System;
using System.Buffers;

namespace PyStack.Engine.Python.Repr.Secrets;

/// <summary>Names and values: <c>name=value</c>, <c>name: value</c>, <c>"name": "value"</c>, <c>&lt;name&gt;value&lt;</c>, <c>name%3Dvalue</c>.</summary>
internal sealed partial class SecretText
{
    private static readonly SearchValues<char> LineEnds = SearchValues.Create("\r\n\"'");
    private static readonly SearchValues<char> WordEnds = SearchValues.Create(" \t\r\n&;\"'<");
    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789.,");

    // Between a name and what separates it from its value.
    private const int MaxGap = 8;

    // In a name of two words the first one decides if the last is one of these.
    private static readonly string[] SecondWords = ["key", "keys", "string", "id", "code", "phrase", "word"];

    // Of the name that was judged last: whether it is in quotes, and whether it is that of a header, whose value goes to the end of the line.
    private bool _isQuoted;
    private bool _isHeader;

    private void HidePairs(Span<char> text)
    {
        for (int at = 0; at < text.Length;)
        {
            int found = text[at..].IndexOfAny("=:>%");
            if (found < 0)
            {
                return;
            }

            int sign = at + found;
            at = sign + 1;
            char kind = text[sign];
            int value = sign + 1;
            if (kind == '%')
            {
                kind = text[sign..].StartsWith("%3D") || text[sign..].StartsWith("%3d") ? '=' : text[sign..].StartsWith("%3A") || text[sign..].StartsWith("%3a") ? ':' : '%';
                value = sign + 3;
                if (kind == '%')
                {
                    continue;
                }
            }

            SecretKind secret = kind == '>' ? JudgeElement(text[..sign]) : JudgeBefore(text, sign);
            if (secret != SecretKind.None)
            {
                at = Math.Max(at, HideValue(text, value, kind, secret));
            }
        }
    }

    private SecretKind JudgeBefore(ReadOnlySpan<char> text, int sign)
    {
        int end = sign;
        _isQuoted = false;
        _isHeader = false;
        for (int gap = 0; end > 0 && gap < MaxGap && (text[end - 1] is ' ' or '\t' or '"' or '\'' or '\\' or ']' or ')'); gap++)
        {
            end--;
            _isQuoted |= text[end] is '"' or '\'';
        }

        int start = end;
        while (start > 0 && end - start < SecretNames.MaxLength && IsNameCharacter(text[start - 1]))
        {
            start--;
        }

        ReadOnlySpan<char> name = text[start..end];
        if (name.IsEmpty)
        {
            return SecretKind.None;
        }

        SecretKind kind = names.Judge(name);
        _isHeader = name.Contains("cookie", StringComparison.OrdinalIgnoreCase) || name.Contains("authorization", StringComparison.OrdinalIgnoreCase);
        if (kind == SecretKind.None && start > 1 && text[start - 1] == ' ' && IsSecondWord(name))
        {
            int first = start - 1;
            while (first > 0 && end - first < SecretNames.MaxLength && IsNameCharacter(text[first - 1]))
            {
                first--;
            }

            kind = names.Judge(text[first..end]);
        }

        return kind;
    }

    // <password>, <ns:password type="x">, not </password>
    private SecretKind JudgeElement(ReadOnlySpan<char> text)
    {
        ReadOnlySpan<char> near = text[Math.Max(0, text.Length - SecretNames.MaxLength)..];
        int open = near.LastIndexOf('<');
        if (open < 0)
        {
            return SecretKind.None;
        }

        near = near[(open + 1)..];
        int blank = near.IndexOf(' ');
        near = blank < 0 ? near : near[..blank];
        return near.IsEmpty || near[0] == '/' || near[^1] == '/' ? SecretKind.None : names.Judge(near);
    }

    // Returns where to go on.
    private int HideValue(Span<char> text, int start, char sign, SecretKind kind)
    {
        if (sign == '>')
        {
            int close = text[start..].IndexOf('<');
            return Fill(text, start, close < 0 ? text.Length : start + close, kind);
        }

        int at = start;
        while (at < text.Length && (text[at] is ' ' or '\t' || (text[at] is '=' or '>' or ':' && at - start < 2)))
        {
            at++;
        }

        // A string of a program: b'…', \"…\"
        int quote = at;
        while (quote < text.Length && quote - at < 2 && "bBuUrRfF".Contains(text[quote]))
        {
            quote++;
        }

        if (isCommand && sign == '=')
        {
            return Fill(text, at, EndOfArgument(text, at), kind);
        }

        int slashes = quote;
        while (slashes < text.Length && slashes - quote < MaxGap && text[slashes] == '\\')
        {
            slashes++;
        }

        if (slashes < text.Length && text[slashes] is '"' or '\'')
        {
            return Fill(text, slashes + 1, EndOfQuoted(text, slashes, slashes - quote), kind);
        }

        if (at < text.Length && text[at] is '[' or '{' or '(')
        {
            return Fill(text, at, EndOfBrackets(text, at), kind);
        }

        return Fill(text, at, sign == ':' ? EndOfLine(text, at) : EndOfWord(text, at), kind);
    }

    private static int EndOfQuoted(ReadOnlySpan<char> text, int quote, int slashes)
    {
        char mark = text[quote];
        int at = quote + 1;
        bool isTriple = text[at..].Length > 1 && text[at] == mark && text[at + 1] == mark;
        at += isTriple ? 2 : 0;
        for (int run = 0; at < text.Length; at++)
        {
            if (text[at] == '\\')
            {
                run++;
                continue;
            }

            // As many backslashes as before the first quote; more of them belong to the text.
            if (text[at] == mark && (slashes > 0 ? run <= slashes : run % 2 == 0) && (!isTriple || text[at..].StartsWith([mark, mark, mark])))
            {
                return at - Math.Min(run, slashes);
            }

            run = 0;
        }

        return text.Length;
    }

    private static int EndOfBrackets(ReadOnlySpan<char> text, int open)
    {
        int depth = 0;
        for (int at = open; at < text.Length; at++)
        {
            depth += text[at] is '[' or '{' or '(' ? 1 : text[at] is ']' or '}' or ')' ? -1 : 0;
            if (depth == 0)
            {
                return at + 1;
            }
        }

        return text.Length;
    }

    // After a colon: a header or a line of YAML goes to its end; in JSON a number and a word end earlier.
    private int EndOfLine(ReadOnlySpan<char> text, int start)
    {
        int end = _isQuoted && !_isHeader ? text[start..].IndexOfAny(",}]\r\n") : text[start..].IndexOfAny('\r', '\n');
        return end < 0 ? text.Length : start + end;
    }

    private int EndOfWord(ReadOnlySpan<char> text, int start)
    {
        ReadOnlySpan<char> rest = text[start..];
        int end = _isHeader || IsScheme(rest) ? rest.IndexOfAny(LineEnds) : rest.IndexOfAny(WordEnds);
        int coded = rest.IndexOf("%26");
        end = end < 0 || (coded >= 0 && coded < end) ? coded : end;
        return end < 0 ? text.Length : start + end;
    }

    private static bool IsScheme(ReadOnlySpan<char> text)
        => StartsWithWord(text, "bearer") || StartsWithWord(text, "basic") || StartsWithWord(text, "digest") || StartsWithWord(text, "negotiate") || StartsWithWord(text, "token") || StartsWithWord(text, "apikey");

    private static bool StartsWithWord(ReadOnlySpan<char> text, string word)
        => text.Length > word.Length && text[word.Length] == ' ' && text.StartsWith(word, StringComparison.OrdinalIgnoreCase);

    private static int Fill(Span<char> text, int start, int end, SecretKind kind)
    {
        Span<char> value = start < end ? text[start..end] : default;
        bool isShown = value.IsEmpty
            || (kind == SecretKind.Likely && IsPlain(value.Trim(" \t,)")))
            || (kind == SecretKind.UnlessPath && value[0] is '/' or '~');
        if (!isShown)
        {
            value.Fill(Hidden);
        }

        return Math.Max(start, end);
    }

    private static bool IsPlain(ReadOnlySpan<char> value)
        => !value.ContainsAnyExcept(Digits)
            || value.Equals("true", StringComparison.OrdinalIgnoreCase)
            || value.Equals("false", StringComparison.OrdinalIgnoreCase)
            || value.Equals("none", StringComparison.OrdinalIgnoreCase)
            || value.Equals("null", StringComparison.OrdinalIgnoreCase);

    private static bool IsSecondWord(ReadOnlySpan<char> name)
    {
        foreach (string one in SecondWords)
        {
            if (name.Equals(one, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsNameCharacter(char one) => char.IsLetterOrDigit(one) || one is '_' or '-' or '.' or '[';
}
