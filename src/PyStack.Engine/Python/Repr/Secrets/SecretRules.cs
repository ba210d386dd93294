using System;

namespace PyStack.Engine.Python.Repr.Secrets;

/// <summary>Which words make the name of a secret. The lists are the policy: names that are in none of them are shown.</summary>
internal static class SecretRules
{
    // Wherever they are, also in the middle of a word.
    private static readonly string[] Anywhere = ["password", "passwd", "passphrase", "passwort", "kennwort", "authorization", "credential", "privatekey", "secretkey", "cookie", "secret", "token"];

    // Words that only begin like those.
    private static readonly string[] Others = ["secretar", "secretion", "secretiv", "tokeniz", "tokenis", "cookiecutter"];

    // At the end of a word, its plural included: one word or several together.
    private static readonly string[] AtEnd =
    [
        "sessionid", "sessid", "connectionstring", "connectionstr", "connstring", "connstr", "seedphrase", "recoveryphrase", "recoverycode", "backupcode", "pincode", "passcode",
        "accesscode", "authcode", "verificationcode", "securitycode", "cardpin", "userpin", "simpin", "passkey", "jsessionid", "phpsessid",
        "cardnumber", "privateexponent", "socialsecuritynumber",
    ];

    // Whole words.
    private static readonly string[] Words = ["pwd", "jwt", "dsn", "sas", "csrf", "xsrf", "bearer", "cred", "creds", "otp", "totp", "hotp", "cvv", "cvc", "pswd", "passw", "psw", "pword", "bindpw", "mnemonic", "mnemonics", "ssn"];

    // Before the word key, which alone is not a secret: a dict has keys, and a table a primary one.
    private static readonly string[] KeyOwners =
    [
        "api", "access", "secret", "private", "ssh", "encryption", "encrypt", "decryption", "decrypt", "signing", "sign", "master", "session", "auth", "authentication", "account",
        "storage", "shared", "license", "licence", "deploy", "deployment", "rsa", "ecdsa", "dsa", "ed", "gpg", "pgp", "tls", "ssl", "hmac", "aes", "crypto", "cipher", "webhook", "consumer",
        "subscription", "admin", "root", "service", "functions", "client", "app", "application", "wallet", "security", "server", "jwt", "cert", "certificate", "fernet", "symmetric",
        "write", "integration", "sas", "bot", "stripe", "openai", "anthropic", "sendgrid", "twilio", "algolia", "datadog", "github", "azure", "aws", "google", "host",
    ];

    // The same in one word with it.
    private static readonly string[] JoinedKeyOwners = ["api", "access", "secret", "private", "ssh", "encryption", "signing", "master", "auth", "account", "shared", "license", "session", "client", "app"];

    // Before "pass" in one word with it, and words before it that give it another meaning.
    private static readonly string[] PassOwners =
    [
        "db", "user", "usr", "smtp", "my", "ftp", "mysql", "pg", "sql", "redis", "ldap", "admin", "root", "ssh", "login", "mail", "email", "imap", "key", "store", "proxy", "http", "app", "auth",
        "cert", "sudo", "wifi", "rabbitmq", "mongo", "amqp",
    ];

    private static readonly string[] OtherPasses =
        ["first", "second", "third", "last", "final", "next", "low", "high", "band", "render", "single", "multi", "two", "one", "by", "num", "n", "total", "did", "test", "compiler", "depth", "shadow", "boarding"];

    // After "auth" and "signature", which with other words after them name the method and not the secret: auth_type, auth_url, signature_algorithm.
    private static readonly string[] Carriers =
        ["header", "headers", "data", "info", "string", "str", "value", "values", "param", "params", "kwargs", "args", "tuple", "blob", "payload", "bytes", "hex", "basic"];

    // After and before "tokens" of a text, and the properties of a token.
    private static readonly string[] TokenFacts =
    [
        "count", "counts", "type", "types", "ids", "length", "len", "size", "limit", "usage", "index", "idx", "pos", "position", "positions", "budget", "rate", "stats", "embeddings",
        "embedding", "classes", "url", "uri", "endpoint", "expiry", "expires", "expiration", "ttl", "lifetime",
    ];

    private static readonly string[] TokenCounts = ["max", "min", "num", "n", "total", "prompt", "completion", "input", "output", "new", "used"];

    // Last words of names that describe a secret but are not one: password_min_length, secret_name, session_cookie_path, authorization_url.
    private static readonly string[] LastFacts =
    [
        "length", "len", "policy", "at", "name", "arn", "domain", "path", "enabled", "exempt", "format", "url", "count", "type", "age", "samesite", "secure", "httponly", "validators", "hashers",
    ];

    private static readonly string[] Times = ["second", "minute", "hour", "day"];

    public static SecretKind Judge(in NameWords words)
    {
        ReadOnlySpan<char> name = words.Joined;
        if (IsFact(words))
        {
            return SecretKind.None;
        }

        SecretKind best = SecretKind.None;
        foreach (string one in Anywhere)
        {
            for (int at = name.IndexOf(one); at >= 0;)
            {
                SecretKind kind = JudgeAnywhere(words, at, one);
                best = kind > best ? kind : best;
                int next = name[(at + 1)..].IndexOf(one);
                at = next < 0 ? -1 : at + 1 + next;
            }
        }

        foreach (string one in AtEnd)
        {
            int at = name.IndexOf(one);
            if (at >= 0 && IsEnd(words, at + one.Length))
            {
                return SecretKind.Certain;
            }
        }

        return best == SecretKind.Certain || name is "sid" ? SecretKind.Certain : JudgeWords(words, best);
    }

    // access_key_id names a key, as a user's name does.
    private static bool IsFact(in NameWords words)
    {
        int end = words.Joined.Length;
        ReadOnlySpan<char> last = end == 0 ? default : WordBefore(words, end);
        ReadOnlySpan<char> before = last.Length == end ? default : WordBefore(words, end - last.Length);
        return IsOneOf(LastFacts, last) || (last is "id" && before is "key") || (before is "per" && IsOneOf(Times, last));
    }

    private static SecretKind JudgeAnywhere(in NameWords words, int at, string one)
    {
        foreach (string other in Others)
        {
            // One word, and not secret_arn.
            if (words.Joined[at..].StartsWith(other) && words.EndOf(at) >= at + other.Length)
            {
                return SecretKind.None;
            }
        }

        return one == "token" ? JudgeToken(words, at) : SecretKind.Certain;
    }

    private static SecretKind JudgeToken(in NameWords words, int at)
    {
        int end = words.EndOf(at);
        bool isPlural = words.Joined[at..end].SequenceEqual("tokens");
        if (IsOneOf(TokenFacts, WordAt(words, end)) || (isPlural && IsOneOf(TokenCounts, WordBefore(words, at))))
        {
            return SecretKind.None;
        }

        return isPlural ? SecretKind.Likely : SecretKind.Certain;
    }

    private static SecretKind JudgeWords(in NameWords words, SecretKind best)
    {
        ReadOnlySpan<char> name = words.Joined;
        for (int start = 0; start < name.Length;)
        {
            int end = words.EndOf(start);
            ReadOnlySpan<char> word = name[start..end];
            ReadOnlySpan<char> before = WordBefore(words, start);
            ReadOnlySpan<char> after = WordAt(words, end);
            if (IsOneOf(Words, word) || (word.Length > 3 && word.EndsWith("pwd")) || IsKey(word, before) || (word is "pin" && after is "code") || (word is "pw" && before is "bind"))
            {
                return SecretKind.Certain;
            }

            bool isLikely = word switch
            {
                "auth" or "oauth" or "basicauth" or "httpauth" or "proxyauth" => after.IsEmpty || IsOneOf(Carriers, after) || (char.IsDigit(after[0]) && WordAt(words, words.EndOf(end)).IsEmpty),
                "signature" or "signatures" or "sig" => after.IsEmpty || IsOneOf(Carriers, after),
                "pass" => after.IsEmpty && !IsOneOf(OtherPasses, before),
                "pw" => true,
                _ => word.EndsWith("pass") && IsOneOf(PassOwners, word[..^4]),
            };
            best = isLikely && best == SecretKind.None ? SecretKind.Likely : best;
            start = end;
        }

        return best;
    }

    private static bool IsKey(ReadOnlySpan<char> word, ReadOnlySpan<char> before)
    {
        ReadOnlySpan<char> one = word.EndsWith("s") ? word[..^1] : word;
        if (!one.EndsWith("key"))
        {
            return false;
        }

        if (one.Length == 3)
        {
            return IsOneOf(KeyOwners, before) || before is "25519";
        }

        foreach (string owner in JoinedKeyOwners)
        {
            if (one[..^3].EndsWith(owner))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsEnd(in NameWords words, int place)
        => words.IsStart(place) || (words.Joined[place] == 's' && words.IsStart(place + 1));

    private static ReadOnlySpan<char> WordAt(in NameWords words, int place) => place >= words.Joined.Length ? default : words.Joined[place..words.EndOf(place)];

    // The word that ends where another begins; within a word, what it begins with.
    private static ReadOnlySpan<char> WordBefore(in NameWords words, int place)
    {
        int start = place;
        while (start > 0 && !words.IsStart(--start))
        {
        }

        return words.Joined[start..place];
    }

    private static bool IsOneOf(string[] list, ReadOnlySpan<char> word)
    {
        foreach (string one in list)
        {
            if (word.SequenceEqual(one))
            {
                return true;
            }
        }

        return false;
    }
}
