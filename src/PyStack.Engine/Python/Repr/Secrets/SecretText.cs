using System;
using System.Buffers;

namespace PyStack.Engine.Python.Repr.Secrets;

/// <summary>
/// Finds secrets inside texts and puts <see cref="Hidden"/> in the place of each of their characters: in addresses, connection strings, queries, headers, JSON, environments
/// and command lines. If a text is truncated before the end of a secret, the rest is part of the secret. Nothing is allocated.
/// </summary>
/// <param name="isCommand">Whether the texts are arguments joined by blanks, where a secret with blanks ends at the next option.</param>
internal sealed partial class SecretText(SecretNames names, bool isCommand = false)
{
    /// <summary>A character that no text contains: U+FFFF is not a character in Unicode.</summary>
    public const char Hidden = '\uffff';

    /// <summary>Of what looks like the user of an address no more is examined.</summary>
    private const int MaxAuthority = 2048;

    private static readonly SearchValues<char> AddressEnds = SearchValues.Create(" \t\r\n\"'<>\\");

    // How a secret begins that has no name next to it.
    private static readonly SearchValues<string> Beginnings = SearchValues.Create(
        ["://", "-----begin", "basic ", "digest ", "negotiate ", "eyj", "identified", .. TokenBeginnings, " -p", " -u", " -a", " -w", "machine ", "hooks.slack.", "/webhook", ".telegram.org/"], StringComparison.OrdinalIgnoreCase);

    private static string[] TokenBeginnings =>
        ["ghp_", "gho_", "ghs_", "ghu_", "ghr_", "github_pat_", "glpat-", "xoxb-", "xoxp-", "xoxa-", "xoxs-", "xapp-", "akia", "asia", "sk-", "sk_live_", "rk_live_", "sk_test_", "aiza", "ya29.", "sg.", "npm_", "pypi-", "hf_", "dop_v1_", "shpat_"];

    private static readonly string[] Tokens = TokenBeginnings;

    /// <summary>Hides what is secret.</summary>
    /// <param name="text">One character for each of the target's.</param>
    /// <param name="isCut">Whether the target's text goes on after it.</param>
    /// <returns>Whether anything was hidden.</returns>
    public bool Hide(Span<char> text, bool isCut)
    {
        if (names.IsEmpty || text.Length < 3)
        {
            return false;
        }

        if (!HideAuthority(text) && !names.MayMatch(text) && !((ReadOnlySpan<char>)text).ContainsAny(Beginnings))
        {
            return false;
        }

        HidePrivateKeys(text);
        HideUsers(text, isCut);
        HideHooks(text);
        HideForms(text);
        HidePairs(text);
        HideWords(text);
        HideTokens(text, isCut);
        return text.Contains(Hidden);
    }

    // PEM (RFC 7468): all after the first line, up to the last.
    private static void HidePrivateKeys(Span<char> text)
    {
        for (int at = 0; at < text.Length;)
        {
            int begin = text[at..].IndexOf("-----BEGIN ");
            if (begin < 0)
            {
                return;
            }

            begin += at + "-----BEGIN ".Length;
            int line = text[begin..].IndexOf("-----");
            if (line < 0 || text[begin..(begin + line)].IndexOf("PRIVATE KEY") < 0)
            {
                if (line < 0)
                {
                    return;
                }

                at = begin + line + 1;
                continue;
            }

            int first = begin + line + "-----".Length;
            int end = text[first..].IndexOf("-----END");
            int last = end < 0 ? text.Length : first + end;
            text[first..last].Fill(Hidden);
            at = last;
        }
    }

    // The password of scheme://user:password@host, and a user's name that is long enough to be a token.
    private static void HideUsers(Span<char> text, bool isCut)
    {
        for (int at = 0; ;)
        {
            int found = text[at..].IndexOf("://");
            if (found < 0)
            {
                return;
            }

            int start = at + found + 3;
            at = start;
            Span<char> rest = text[start..Math.Min(text.Length, start + MaxAuthority)];
            int blank = rest.IndexOfAny(AddressEnds);
            bool isOpen = blank < 0 && (isCut || rest.Length == MaxAuthority);
            rest = blank < 0 ? rest : rest[..blank];
            int slash = rest.IndexOfAny('/', '?', '#');
            Span<char> authority = slash < 0 ? rest : rest[..slash];
            int sign = authority.LastIndexOf('@');
            int colon = authority.IndexOf(':');
            if (sign < 0 && colon >= 0 && !IsPort(authority[(colon + 1)..]))
            {
                // A password may hold what else would end it, and where the text is cut the end of it is not seen.
                sign = rest.LastIndexOf('@');
                sign = sign < 0 && isOpen && slash < 0 ? rest.Length : sign;
            }
            else if (sign < 0 && colon >= 0 && isOpen && slash < 0)
            {
                sign = rest.Length;
            }

            if (sign < 0)
            {
                continue;
            }

            colon = rest[..sign].IndexOf(':');
            if (colon >= 0)
            {
                rest[(colon + 1)..sign].Fill(Hidden);
            }
            else if (sign >= 20)
            {
                rest[..sign].Fill(Hidden);
            }

            at = start + sign;
        }
    }

    private static bool IsPort(ReadOnlySpan<char> text) => text.Length <= 5 && !text.ContainsAnyExceptInRange('0', '9');

    // Tokens that are recognized by their prefix: those of well-known services, and JSON Web Tokens.
    private static void HideTokens(Span<char> text, bool isCut)
    {
        foreach (string beginning in Tokens)
        {
            HideTokens(text, beginning, isCut, least: 16);
        }

        HideTokens(text, "eyJ", isCut, least: 17);
    }

    private static void HideTokens(Span<char> text, string beginning, bool isCut, int least)
    {
        bool isUpper = beginning is "akia" or "asia";
        for (int at = 0; ;)
        {
            int found = ((ReadOnlySpan<char>)text[at..]).IndexOf(beginning, isUpper || beginning is "sg." or "aiza" ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal);
            if (found < 0)
            {
                return;
            }

            int start = at + found;
            int end = start + beginning.Length;
            while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] is '-' or '_' or '.' or '='))
            {
                end++;
            }

            bool isWord = start == 0 || !char.IsLetterOrDigit(text[start - 1]);
            if (isWord && (end - start >= least || (isCut && end == text.Length)) && (!isUpper || IsUpper(text[start..end])))
            {
                text[start..end].Fill(Hidden);
            }

            at = end;
        }
    }

    private static bool IsUpper(ReadOnlySpan<char> text)
    {
        foreach (char one in text)
        {
            if (!char.IsAsciiLetterUpper(one) && !char.IsAsciiDigit(one))
            {
                return false;
            }
        }

        return true;
    }
}
