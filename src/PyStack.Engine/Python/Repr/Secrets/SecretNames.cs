using System;
using System.Buffers;
using System.Collections.Generic;

namespace PyStack.Engine.Python.Repr.Secrets;

/// <summary>What a name implies about its value.</summary>
internal enum SecretKind
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>A secret if it is a text or a container; a number, a flag, a function or an object that is shown by its type is not one: <c>auth</c>, <c>tokens</c>, <c>signature</c>.</summary>
    Likely,

    /// <summary>The working directory, if it is a path, and else a secret: <c>PWD</c>.</summary>
    UnlessPath,

    /// <summary>A secret, whatever its type is.</summary>
    Certain,
}

/// <summary>
/// Recognizes names whose value looks like a secret. A name is split into words, at capitals, digits, underscores, hyphens and dots, so that <c>passenger</c>,
/// <c>author</c> and <c>tokenizer</c> are none. Nothing is allocated.
/// </summary>
internal sealed class SecretNames
{
    /// <summary>The text that is shown in place of the value.</summary>
    public const string Redacted = "<redacted>";

    /// <summary>Of a longer name only the beginning is examined.</summary>
    public const int MaxLength = 128;

    // Every secret name has one of these parts: most names have none, and need no further check.
    private static readonly SearchValues<string> Parts = SearchValues.Create(
    [
        "pass", "pw", "secret", "token", "key", "auth", "cred", "cookie", "sess", "sid", "dsn", "sas", "jwt", "csrf", "xsrf", "bearer", "otp", "sig", "pin", "conn", "phrase",
        "code", "cvv", "cvc", "kennwort", "psw", "mnemonic", "exponent", "card", "ssn", "social",
    ],
        StringComparison.OrdinalIgnoreCase);

    private readonly string[] _own;
    private readonly bool _isActive;

    public SecretNames(ValueOptions options)
    {
        List<string> words = [];
        _isActive = options.IsRedacted;
        if (_isActive)
        {
            Span<char> joined = stackalloc char[MaxLength];
            Span<bool> starts = stackalloc bool[MaxLength + 1];
            foreach (string word in options.SecretWords ?? [])
            {
                NameWords plain = new(word, joined, starts);
                if (plain.Joined.Length > 0)
                {
                    words.Add(new string(plain.Joined));
                }
            }
        }

        _own = [.. words];
    }

    /// <summary>Whether no name is.</summary>
    public bool IsEmpty => !_isActive;

    /// <summary>Whether the value of a name is hidden for all its types, or for some.</summary>
    public bool Matches(ReadOnlySpan<char> name) => Judge(name) != SecretKind.None;

    /// <summary>What a name implies about its value.</summary>
    public SecretKind Judge(ReadOnlySpan<char> name)
    {
        if (!_isActive || name.IsEmpty || (_own.Length == 0 && !MayMatch(name)))
        {
            return SecretKind.None;
        }

        NameWords words = new(name, stackalloc char[MaxLength], stackalloc bool[MaxLength + 1]);
        foreach (string own in _own)
        {
            if (words.Joined.IndexOf(own) >= 0)
            {
                return SecretKind.Certain;
            }
        }

        return name is "PWD" or "OLDPWD" ? SecretKind.UnlessPath : SecretRules.Judge(words);
    }

    /// <summary>Whether a text has a part that all secret names have one of; quick.</summary>
    public bool MayMatch(ReadOnlySpan<char> text) => _own.Length > 0 || text.ContainsAny(Parts);
}
