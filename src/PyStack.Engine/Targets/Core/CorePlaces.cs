using System;
using System.Collections.Generic;
using System.IO;

namespace PyStack.Engine.Targets.Core;

/// <summary>Where the files of a core are searched for on this machine, the likeliest place first.</summary>
internal sealed class CorePlaces(CoreSearch search, string? programPath)
{
    private const string DebugFolder = "/usr/lib/debug/";

    /// <summary>Where a file is looked for if nothing says which one it must be.</summary>
    public IEnumerable<string> Of(string path)
    {
        if (path == programPath && search.Executable is string executable)
        {
            yield return executable;
        }

        foreach (string folder in search.LibraryFolders ?? [])
        {
            yield return Path.Combine(folder, path[(path.LastIndexOf('/') + 1)..]);
        }

        if (search.Root is string root)
        {
            yield return root.TrimEnd('/') + path;
        }

        // In addition to the user's root only files that are identified by their name or build-id.
        if (search.Root is null || path.StartsWith(DebugFolder, StringComparison.Ordinal))
        {
            yield return path;
        }
    }

    /// <summary>Where a file with a build-id is looked for.</summary>
    public IEnumerable<string> Of(string path, string? buildId)
    {
        foreach (string place in Of(path))
        {
            yield return place;
        }

        if (buildId is not { Length: > 2 })
        {
            yield break;
        }

        if (search.Root is not null)
        {
            yield return path;
        }

        // Next to the debug file, NAME.debug, distributions have a link to the binary itself.
        foreach (string place in Of($"{DebugFolder}.build-id/{buildId[..2]}/{buildId[2..]}"))
        {
            yield return place;
        }
    }
}
