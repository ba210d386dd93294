using System;

namespace PyStack.Engine.Python.Repr.Secrets;

/// <summary>Secrets that are after a word: <c>--password x</c>, <c>Bearer x</c>, <c>PASSWORD 'x'</c>, <c>mysql -px</c>.</summary>
internal sealed partial class SecretText
{
    /// <summary>A word that is no option's value must have this many characters to be treated as a token.</summary>
    private const int LeastToken = 8;

    private void HideWords(Span<char> text)
    {
        CommandLine command = default;
        bool isNetrc = text.IndexOf("machine ") >= 0 && text.IndexOf("login ") >= 0;
        ReadOnlySpan<char> before = default;
        int at = 0;
        while (at < text.Length)
        {
            int start = at;
            while (start < text.Length && IsBlank(text[start]))
            {
                start++;
            }

            bool isLineStart = start == 0 || text[at..start].ContainsAny('\r', '\n') || (at > 0 && text[at - 1] is '\r' or '\n');
            int end = start;
            while (end < text.Length && !IsBlank(text[end]))
            {
                end++;
            }

            if (start == end)
            {
                return;
            }

            Span<char> word = text[start..end];
            bool isOption = command.IsSecret(names, word);
            if (isOption)
            {
                end = isCommand ? HideArgument(text, start) : HideWord(text, start, end);
            }
            else if (word.StartsWith("--key=") && CommandLine.IsKey(word["--key=".Length..]))
            {
                text[(start + "--key=".Length)..end].Fill(Hidden);
            }
            else if (isLineStart && end < text.Length && (word is "PASS" or "AUTH"))
            {
                // FTP, POP3, Redis: the whole line.
                int line = text[end..].IndexOfAny('\r', '\n');
                int last = line < 0 ? text.Length : end + line;
                text[Math.Min(text.Length, end + 1)..last].Fill(Hidden);
                end = last;
            }
            else if (IsAnnounced(before, word, isNetrc, at))
            {
                end = HideWord(text, start, end);
            }

            before = text[start..Math.Max(start, end)];
            at = end;
        }
    }

    private bool IsAnnounced(ReadOnlySpan<char> before, ReadOnlySpan<char> word, bool isNetrc, int place)
    {
        if (before.IsEmpty || before.Length > SecretNames.MaxLength)
        {
            return false;
        }

        ReadOnlySpan<char> bare = before.TrimStart("\"'([{,:=");
        bare = bare.StartsWith("b'") || bare.StartsWith("b\"") ? bare[2..] : bare;
        bool isQuoted = word[0] is '"' or '\'';
        if (before.EndsWith("bearer", StringComparison.OrdinalIgnoreCase))
        {
            // At the start of a text or a value any following word; in a sentence a word that looks like a token.
            return before.Length == place || bare.Length < before.Length || LooksRandom(word);
        }

        if (bare.Equals("basic", StringComparison.OrdinalIgnoreCase) || bare.Equals("digest", StringComparison.OrdinalIgnoreCase)
            || bare.Equals("negotiate", StringComparison.OrdinalIgnoreCase) || bare.Equals("apikey", StringComparison.OrdinalIgnoreCase) || bare.Equals("token", StringComparison.OrdinalIgnoreCase))
        {
            return LooksRandom(word) || (isQuoted && bare.Equals("token", StringComparison.OrdinalIgnoreCase));
        }

        // CREATE USER x IDENTIFIED BY 'y', PASSWORD 'y'; machine x login y password z
        return (isQuoted && (bare.Equals("by", StringComparison.OrdinalIgnoreCase) || names.Judge(bare) == SecretKind.Certain))
            || (isNetrc && bare is "password" or "account");
    }

    private static int HideArgument(Span<char> text, int start)
    {
        int end = EndOfArgument(text, start);
        text[start..end].Fill(Hidden);
        return end;
    }

    // Where arguments were joined by blanks, those of a secret cannot be distinguished from those between arguments.
    private static int EndOfArgument(ReadOnlySpan<char> text, int start)
    {
        int next = text[start..].IndexOf(" -");
        return next < 0 ? text.Length : start + next;
    }

    private static int HideWord(Span<char> text, int start, int end)
    {
        int first = start;
        char mark = text[start];
        if (mark is '"' or '\'')
        {
            first++;
            int close = text[first..].IndexOf(mark);
            end = close < 0 ? text.Length : first + close;
        }

        text[first..end].Fill(Hidden);
        return Math.Min(text.Length, first == start ? end : end + 1);
    }

    // Digits or capitals among small letters, or what pads base64.
    private static bool LooksRandom(ReadOnlySpan<char> word)
    {
        word = word.Trim("\"',;)]}");
        return word.Length >= LeastToken
            && (word.ContainsAnyInRange('0', '9') || word[^1] == '=' || (word[1..].ContainsAnyInRange('A', 'Z') && word.ContainsAnyInRange('a', 'z')));
    }

    private static bool IsBlank(char one) => one is ' ' or '\t' or '\r' or '\n';
}
