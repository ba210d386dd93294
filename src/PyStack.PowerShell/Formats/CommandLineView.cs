using System;

namespace PyStack;

/// <summary>A command line for a narrow column: the folders of the program and of the script are what is left out, not the script's name.</summary>
internal static class CommandLineView
{
    // Characters of a script's path that are shown, and of a container's id, as docker ps shows it.
    private const int MaxPath = 28;
    private const int MaxContainer = 12;
    private const int ContainerIdLength = 32;

    // Characters that are looked at: a command line can have megabytes.
    private const int MaxLength = 4096;

    /// <summary>The command line, escaped; <c>[id]</c> before it if the process is in a container.</summary>
    public static string Format(string commandLine, string? container)
    {
        string[] words = commandLine[..Math.Min(commandLine.Length, MaxLength)].Split(' ');
        words[0] = NameOf(words[0]);
        for (int i = 1; i < words.Length; i++)
        {
            // What follows -c and -m is no path. -X and -W have a value of their own.
            if (words[i] is "-c" or "-m")
            {
                break;
            }

            if (words[i] is "-X" or "-W")
            {
                i++;
            }
            else if (!words[i].StartsWith('-'))
            {
                words[i] = Shortened(words[i]);
                break;
            }
        }

        string id = container is null ? "" : container.Length >= ContainerIdLength ? $"[{container[..MaxContainer]}] " : container.Length > 0 ? $"[{container}] " : "";
        return TerminalText.Escape(id + string.Join(' ', words));
    }

    private static string NameOf(string path) => path.EndsWith('/') ? path : path[(path.LastIndexOf('/') + 1)..];

    // As many folders as there is room for, from the right.
    private static string Shortened(string path)
    {
        if (path.Length <= MaxPath)
        {
            return path;
        }

        int start = path.IndexOf('/', path.Length - MaxPath);
        return "…" + path[(start >= 0 && start < path.Length - 1 ? start : Math.Max(path.TrimEnd('/').LastIndexOf('/'), 0))..];
    }
}
