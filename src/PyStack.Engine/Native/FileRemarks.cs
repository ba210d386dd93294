using System;
using System.Collections.Generic;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Native;

/// <summary>Says what is missing because a file could not be read.</summary>
internal static class FileRemarks
{
    /// <summary>Warns of what a thread's frames lack because a disk did not answer.</summary>
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

    /// <summary>Tells all of a call: in warnings where the call has failed because of it, else for those who ask.</summary>
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
