using System;
using System.Collections.Generic;

namespace PyStack.Engine.Waits.Reasons;

/// <summary>The readers of all kinds of waits in Python's standard library, by file and function.</summary>
internal static class ReasonReaders
{
    private static readonly Dictionary<string, List<(string File, IReasonReader Reader)>> ByFunction = Index();

    /// <summary>Finds the reader of a frame's function; null if waits inside of it have no reason of their own.</summary>
    public static IReasonReader? Of(PythonStack stack, int index)
    {
        if (ByFunction.TryGetValue(stack[index].Code.Name, out List<(string File, IReasonReader Reader)>? readers))
        {
            foreach ((string file, IReasonReader reader) in readers)
            {
                if (stack.FileOf(index).SequenceEqual(file))
                {
                    return reader;
                }
            }
        }

        return null;
    }

    private static Dictionary<string, List<(string File, IReasonReader Reader)>> Index(params ReadOnlySpan<IReasonReader> readers)
    {
        Dictionary<string, List<(string File, IReasonReader Reader)>> index = new(StringComparer.Ordinal);
        foreach (IReasonReader reader in readers)
        {
            foreach ((string file, string function) in reader.Functions)
            {
                if (!index.TryGetValue(function, out List<(string File, IReasonReader Reader)>? known))
                {
                    index.Add(function, known = []);
                }

                known.Add((file, reader));
            }
        }

        return index;
    }
}
