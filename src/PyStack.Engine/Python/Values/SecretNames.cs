using System;
using System.Collections.Generic;

namespace PyStack.Engine.Python.Values;

/// <summary>Tells names that look as if their value were a secret. Capitals, underscores and hyphens make no difference.</summary>
internal sealed class SecretNames
{
    /// <summary>What is shown in place of the value.</summary>
    public const string Redacted = "<redacted>";

    /// <summary>Of a longer name only the beginning is looked at.</summary>
    public const int MaxLength = 128;

    private static readonly string[] Known = ["password", "passwd", "secret", "token", "apikey", "authorization", "cookie", "privatekey"];

    private readonly string[] _words;

    public SecretNames(ValueOptions options)
    {
        List<string> words = [];
        if (options.IsRedacted)
        {
            words.AddRange(Known);
            Span<char> plain = stackalloc char[MaxLength];
            foreach (string word in options.SecretWords ?? [])
            {
                int length = Plain(word, plain);
                if (length > 0)
                {
                    words.Add(new string(plain[..length]));
                }
            }
        }

        _words = [.. words];
    }

    /// <summary>Whether any name is.</summary>
    public bool IsEmpty => _words.Length == 0;

    /// <summary>Whether a name contains one of the words.</summary>
    public bool Matches(ReadOnlySpan<char> name)
    {
        if (_words.Length == 0)
        {
            return false;
        }

        Span<char> plain = stackalloc char[MaxLength];
        plain = plain[..Plain(name, plain)];
        foreach (string word in _words)
        {
            if (plain.IndexOf(word) >= 0)
            {
                return true;
            }
        }

        return false;
    }

    private static int Plain(ReadOnlySpan<char> name, Span<char> plain)
    {
        int length = 0;
        foreach (char one in name)
        {
            if (one is not ('_' or '-') && length < plain.Length)
            {
                plain[length++] = char.ToLowerInvariant(one);
            }
        }

        return length;
    }
}
