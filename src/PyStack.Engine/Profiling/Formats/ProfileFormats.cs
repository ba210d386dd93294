using System;
using System.Collections.Generic;

namespace PyStack.Engine.Profiling.Formats;

/// <summary>All file formats, by their names and by the names of files.</summary>
internal static class ProfileFormats
{
    /// <summary>In the order in which completions offer them.</summary>
    public static IReadOnlyList<IProfileFormat> All { get; } =
    [
        new HtmlFormat(),
        new SpeedscopeFormat(),
        new CollapsedFormat(),
        new GeckoFormat(),
        new PprofFormat(),
    ];

    /// <summary>The format with a name; upper and lower case make no difference.</summary>
    /// <returns>Null if there is none.</returns>
    public static IProfileFormat? ByName(string name)
    {
        foreach (IProfileFormat format in All)
        {
            if (format.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return format;
            }
        }

        return null;
    }

    /// <summary>The format that the end of a file's name means.</summary>
    /// <returns>Null if it means none, as <c>.json</c> alone.</returns>
    public static IProfileFormat? ByPath(string path)
    {
        foreach (IProfileFormat format in All)
        {
            foreach (string extension in format.Extensions)
            {
                if (path.EndsWith(extension, StringComparison.OrdinalIgnoreCase))
                {
                    return format;
                }
            }
        }

        return null;
    }
}
