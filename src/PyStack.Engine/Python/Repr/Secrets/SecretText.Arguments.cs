using System;
using System.Text;

namespace PyStack.Engine.Python.Repr.Secrets;

/// <summary>Whole texts and the arguments of programs, as they are shown.</summary>
internal sealed partial class SecretText
{
    /// <summary>The arguments of a program joined by blanks, with what is secret hidden, by the rules that hold without a user's word.</summary>
    /// <param name="arguments">As in <c>/proc/PID/cmdline</c>, with a zero after each (proc_pid_cmdline(5)), or as one text: joined by blanks already, or what the program wrote over them.</param>
    /// <param name="isCut">As for <see cref="Hide"/>.</param>
    public static string RedactArguments(string arguments, bool isCut = false)
    {
        string[] all = arguments.TrimEnd('\0').Split('\0');
        SecretNames names = new(new ValueOptions());
        SecretText hider = new(names, isCommand: all.Length == 1);
        StringBuilder shown = new(arguments.Length);
        CommandLine command = default;
        for (int i = 0; i < all.Length; i++)
        {
            char[] characters = all[i].ToCharArray();
            if (command.IsSecret(names, characters) && all.Length > 1)
            {
                characters.AsSpan().Fill(Hidden);
            }
            else
            {
                if (all.Length > 1)
                {
                    hider.HideAssigned(characters);
                }

                _ = hider.Hide(characters, isCut && i == all.Length - 1);
            }

            shown.Append(i > 0 ? " " : "");
            Append(shown, characters);
        }

        return shown.ToString();
    }

    // --password=x, PASSWORD=x, /password:x: to the end of the argument, with any content.
    private void HideAssigned(Span<char> argument)
    {
        int sign = argument.IndexOfAny('=', ':');
        if (sign <= 0 || (argument[sign] == ':' && argument[0] is not ('/' or '-')))
        {
            return;
        }

        ReadOnlySpan<char> name = argument[0] == '/' ? argument[1..sign] : argument[..sign];
        foreach (char one in name)
        {
            if (!IsNameCharacter(one))
            {
                return;
            }
        }

        SecretKind kind = names.Judge(name);
        if (kind != SecretKind.None || (name is "--key" && CommandLine.IsKey(argument[(sign + 1)..])))
        {
            _ = Fill(argument, sign + 1, argument.Length, kind);
        }
    }

    private static void Append(StringBuilder shown, ReadOnlySpan<char> characters)
    {
        for (int i = 0; i < characters.Length; i++)
        {
            if (characters[i] != Hidden)
            {
                shown.Append(characters[i]);
            }
            else if (i == 0 || characters[i - 1] != Hidden)
            {
                shown.Append(SecretNames.Redacted);
            }
        }
    }
}
