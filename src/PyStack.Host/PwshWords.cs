using System;
using System.Collections.Generic;

namespace PyStack.Host;

/// <summary>The words that a user of <c>pwsh</c> types out of habit, so that a command line for it works here as well.</summary>
internal static class PwshWords
{
    /// <summary>What the host does in any case, or what changes nothing for one command.</summary>
    private static readonly HashSet<string> Ignored = new(StringComparer.OrdinalIgnoreCase) { "-NoProfile", "-nop", "-NoLogo", "-nol", "-NonInteractive", "-noni" };

    /// <summary>Leaves out what changes nothing, and gives <c>-c</c> and <c>-f</c> their long names.</summary>
    public static string[] Strip(string[] words)
    {
        int first = 0;
        while (first < words.Length && Ignored.Contains(words[first]))
        {
            first++;
        }

        string[] rest = words[first..];
        if (rest.Length > 0)
        {
            rest[0] = rest[0].ToLowerInvariant() switch
            {
                "-c" or "-command" => "-Command",
                "-f" or "-file" => "-File",
                "-version" => "-version",
                "-help" => "-help",
                _ => rest[0],
            };
        }

        return rest;
    }
}
