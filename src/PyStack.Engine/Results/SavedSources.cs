using System;
using System.Collections.Generic;
using System.Linq;
using PyStack.Engine.Targets.Saved;

namespace PyStack.Engine.Results;

/// <summary>The source lines of frames, for a core: where it is read the files may not be there, or be others.</summary>
internal static class SavedSources
{
    public static SavedSource[] Of(IEnumerable<PyThread> threads, IEnumerable<PyTask> tasks)
    {
        Dictionary<string, (SortedDictionary<int, string> Lines, bool IsNewer)> files = new(StringComparer.Ordinal);
        foreach (PyFrame frame in threads.SelectMany(thread => thread.Frames).Concat(tasks.SelectMany(task => task.Frames.Concat(task.CreatedAt ?? []))))
        {
            if (frame is { Kind: PyFrameKind.Python, File: string file, Line: int line, SourceLine: string text })
            {
                if (!files.TryGetValue(file, out (SortedDictionary<int, string> Lines, bool IsNewer) found))
                {
                    files.Add(file, found = ([], frame.IsSourceNewer));
                }

                found.Lines[line] = text;
            }
        }

        return [.. files.Select(file => new SavedSource(file.Key, [.. file.Value.Lines.Keys], [.. file.Value.Lines.Values], file.Value.IsNewer))];
    }
}
