using System;
using System.Collections.Generic;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Native;

/// <summary>Says what is missing because a file could not be read.</summary>
internal static class FileRemarks
{
    /// <summary>Adds warnings about data that is missing in a thread's frames because a disk did not answer.</summary>
    public static void Warn(PyFrame[] frames, IReadOnlyList<FileTrouble> troubles, string? shortage, List<string> warnings)
    {
        HashSet<string> named = new(StringComparer.Ordinal);
        foreach (FileTrouble trouble in troubles)
        {
            if (trouble.IsUnanswered && Array.Exists(frames, frame => frame.Library == trouble.Name) && named.Add(trouble.Name))
            {
                warnings.Add($"{trouble.Name} {trouble.Problem}: its functions have no names.");
            }
        }

        if (shortage is not null)
        {
            warnings.Add(shortage);
        }
    }

    /// <summary>Writes all problems of a call: as warnings if the call has failed because of them, else as verbose messages.</summary>
    public static void LogTroubles(IReadOnlyList<FileTrouble> troubles, bool hasFailed, IEngineLog log)
    {
        foreach (FileTrouble trouble in troubles)
        {
            string text = $"{trouble.Name} {trouble.Problem}.";
            if (hasFailed && trouble.IsUnanswered)
            {
                log.Warning(text);
            }
            else
            {
                log.Verbose(text);
            }
        }
    }
}
