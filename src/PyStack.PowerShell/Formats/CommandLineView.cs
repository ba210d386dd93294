using System;
using System.Linq;

namespace PyStack;

/// <summary>A command line for a narrow column: the folders of the program and of the script are what is left out, not the script's name.</summary>
internal static class CommandLineView
{
    // What a script's path has at least, where arguments follow that do not fit beside it.
    private const int MinPath = 28;

    // What the view's other columns take of a line, and the column that PowerShell leaves free on a terminal.
    private const int OtherColumns = 46;
    private const int DefaultWidth = 80;

    // Characters that are looked at: a command line can have megabytes.
    private const int MaxLength = 4096;

    /// <summary>The command line after a label, both escaped.</summary>
    /// <param name="label">What <see cref="ContainerLabel.Of"/> returns.</param>
    /// <param name="width">Of the line, in cells; null if it is not known.</param>
    public static string Format(string commandLine, string label, int? width)
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
                int room = (width ?? DefaultWidth) - OtherColumns - label.Length - words[..i].Sum(word => word.Length + 1);
                int arguments = words[(i + 1)..].Sum(word => word.Length + 1);
                words[i] = Shortened(words[i], Math.Min(room, Math.Max(room - arguments, MinPath)));
                break;
            }
        }

        return TerminalText.Escape(label + string.Join(' ', words));
    }

    private static string NameOf(string path) => path.EndsWith('/') ? path : path[(path.LastIndexOf('/') + 1)..];

    // As many folders as there is room for, from the right, and at least the name.
    private static string Shortened(string path, int room)
    {
        if (path.Length <= room)
        {
            return path;
        }

        int name = path.TrimEnd('/').LastIndexOf('/');
        if (name < 0)
        {
            return path;
        }

        int start = path.IndexOf('/', Math.Clamp(path.Length - room + 1, 0, name));
        return start == 0 ? path : "…" + path[start..];
    }
}
