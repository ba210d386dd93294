using System;
using System.Buffers;

namespace PyStack.Engine.Python.Repr.Secrets;

/// <summary>Secrets that are recognized by their position: in the user's part of an address without a scheme, in the path of a hook, in a form.</summary>
internal sealed partial class SecretText
{
    // Addresses of well-known services with the secret in their path.
    private static readonly string[] Hooks =
    [
        "hooks.slack.com/services/", "hooks.slack.com/workflows/", "hooks.slack.com/triggers/", "discord.com/api/webhooks/", "discordapp.com/api/webhooks/", "api.telegram.org/bot",
        "webhook.office.com/webhookb2/",
    ];

    // What is before a colon and an address of mail, a package or an image, which is no user of a server.
    private static readonly string[] Schemes =
        ["mailto", "sip", "sips", "xmpp", "acct", "im", "npm", "workspace", "user", "username", "login", "owner", "email", "mail", "from", "to", "cc", "bcc"];

    private static readonly SearchValues<char> NotOfUsers = SearchValues.Create(" \t\r\n\"'<>\\/?#@[]{}(),;=:");
    private static readonly SearchValues<char> NotOfHosts = SearchValues.Create(" \t\r\n\"'<>\\@{}(),;");

    // user:password@host (RFC 3986, 3.2), where it is all of the text: the netloc of a parsed address.
    private static bool HideAuthority(Span<char> text)
    {
        int start = text.StartsWith("//") ? 2 : 0;
        int sign = text.Length > MaxAuthority ? -1 : text.LastIndexOf('@');
        int colon = text[start..].IndexOf(':') + start;
        if (colon < start || sign <= colon + 1 || sign == text.Length - 1)
        {
            return false;
        }

        ReadOnlySpan<char> user = text[start..colon];
        ReadOnlySpan<char> password = text[(colon + 1)..sign];
        ReadOnlySpan<char> host = text[(sign + 1)..];
        if (user.ContainsAny(NotOfUsers) || password.ContainsAny(AddressEnds) || password.StartsWith("//") || host.ContainsAny(NotOfHosts) || host.StartsWith("sha256:"))
        {
            return false;
        }

        foreach (string scheme in Schemes)
        {
            if (user.Equals(scheme, StringComparison.OrdinalIgnoreCase))
            {
                return false;
            }
        }

        text[(colon + 1)..sign].Fill(Hidden);
        return true;
    }

    private static void HideHooks(Span<char> text)
    {
        foreach (string hook in Hooks)
        {
            for (int at = 0; ;)
            {
                int found = ((ReadOnlySpan<char>)text[at..]).IndexOf(hook, StringComparison.OrdinalIgnoreCase);
                if (found < 0)
                {
                    break;
                }

                at += found + hook.Length;
                int end = text[at..].IndexOfAny(AddressEnds);
                end = end < 0 ? text.Length : at + end;
                text[at..end].Fill(Hidden);
                at = end;
            }
        }
    }

    // multipart/form-data (RFC 7578): the value is after the empty line, up to the next boundary.
    private void HideForms(Span<char> text)
    {
        for (int at = 0; ;)
        {
            int found = text[at..].IndexOf("form-data;");
            if (found < 0)
            {
                return;
            }

            at += found + "form-data;".Length;
            int line = text[at..].IndexOfAny('\r', '\n');
            int name = text[at..(line < 0 ? text.Length : at + line)].IndexOf(" name=");
            int blank = text[at..].IndexOf("\r\n\r\n");
            int value = blank < 0 ? text[at..].IndexOf("\n\n") + 2 : blank + 4;
            if (name < 0 || value < 2)
            {
                continue;
            }

            ReadOnlySpan<char> rest = text[(at + name + " name=".Length)..];
            rest = rest.TrimStart('"');
            int close = rest.IndexOfAny("\";\r\n");
            if (close > 0 && names.Judge(rest[..close]) != SecretKind.None)
            {
                int start = at + value;
                int end = text[start..].IndexOf("\n--");
                end = end < 0 ? text.Length : start + end;
                text[start..end].Fill(Hidden);
                at = end;
            }
        }
    }
}
