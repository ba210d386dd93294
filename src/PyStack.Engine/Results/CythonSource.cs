using System;
using System.Collections.Generic;
using System.Globalization;
using PyStack.Engine.Capture.NativeStacks;
using PyStack.Engine.Symbols.Demangling;

namespace PyStack.Engine.Results;

/// <summary>
/// The lines of <c>.pyx</c> files that functions of Cython were made from. Debug information has the lines of the C file that Cython wrote, and that file has a comment before the code of each statement:
/// <c>/* "module.pyx":12</c> (Cython/Compiler/Code.py, CCodeWriter.mark_pos). Where the C file is neither at hand nor at a debuginfod server, the frame keeps its line in it.
/// </summary>
internal sealed class CythonSource(SourceLines source)
{
    /// <summary>Lines of C that one statement may have become.</summary>
    private const int MostLines = 4000;

    private const string Begin = "/* \"";

    private readonly Dictionary<(string File, int Line), (string File, int Line)?> _known = [];

    /// <summary>The <c>.pyx</c> file and line of a frame; null of one that is none of Cython's, or has no C file.</summary>
    public (string? File, int Line)? Find(in NativeFrame frame)
    {
        if (frame.LinkageName is not string name || !CythonNames.IsOfSource(name) || frame.File is not string file || frame.Line < 1 || !IsC(file))
        {
            return null;
        }

        file = file.StartsWith('/') || frame.Folder is not { Length: > 0 } folder ? file : $"{folder.TrimEnd('/')}/{file}";
        if (!_known.TryGetValue((file, frame.Line), out (string File, int Line)? found))
        {
            found = Search(frame, file, CythonNames.FollowsWrapper(name) ? 1 : 0);
            _known.Add((file, frame.Line), found);
        }

        return found;
    }

    private static bool IsC(string file) => file.EndsWith(".c", StringComparison.Ordinal) || file.EndsWith(".cpp", StringComparison.Ordinal);

    /// <param name="functions">How many functions before this one have the same comment.</param>
    private (string File, int Line)? Search(in NativeFrame frame, string file, int functions)
    {
        for (int line = frame.Line; line > Math.Max(0, frame.Line - MostLines); line--)
        {
            if ((source.Find(file, line).Text ?? source.FindFetched(frame, file, line)) is not string text)
            {
                return null;
            }

            if (TryRead(text.AsSpan().TrimStart(), out string found, out int number))
            {
                return (found, number);
            }

            // The end of the function before.
            if (text == "}" && functions-- == 0)
            {
                return null;
            }
        }

        return null;
    }

    // /* "file":number
    private static bool TryRead(ReadOnlySpan<char> text, out string file, out int number)
    {
        file = "";
        number = 0;
        if (!text.StartsWith(Begin, StringComparison.Ordinal))
        {
            return false;
        }

        text = text[Begin.Length..];
        int end = text.LastIndexOf("\":");
        if (end <= 0 || !int.TryParse(text[(end + 2)..].TrimEnd(), NumberStyles.None, CultureInfo.InvariantCulture, out number) || number < 1)
        {
            return false;
        }

        file = text[..end].ToString();
        return true;
    }
}
