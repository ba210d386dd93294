using System;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.IO;
using System.Management.Automation;
using PyStack.Engine.Primitives;
using PyStack.Engine.Targets.Core;

namespace PyStack;

/// <summary>What a user says of core files: paths of the session, with its location and its drives.</summary>
internal static class CorePaths
{
    private const string FileSystem = "FileSystem";

    /// <summary>The files that a path names: one, or those that a wildcard fits, which may be none.</summary>
    /// <exception cref="EngineException">It names no file.</exception>
    public static List<string> Expand(SessionState session, string path, bool isLiteral)
    {
        try
        {
            if (isLiteral || !WildcardPattern.ContainsWildcardCharacters(path))
            {
                return [Resolve(session, path)];
            }

            Collection<string> found = session.Path.GetResolvedProviderPathFromPSPath(path, out ProviderInfo provider);
            List<string> files = provider.Name == FileSystem ? [.. found] : [];
            files.RemoveAll(Directory.Exists);
            return files;
        }
        catch (ItemNotFoundException)
        {
            // As everywhere in PowerShell: a wildcard may fit nothing.
            return [];
        }
        catch (Exception e) when (e is RuntimeException or ArgumentException or NotSupportedException)
        {
            throw new EngineException(EngineError.CoreNotFound, $"There is no file {path}: {e.Message}", "Give the path of a core file.");
        }
    }

    /// <summary>Where the files of a core are looked for.</summary>
    public static CoreSearch Search(SessionState session, string? executable, string[] libraryFolders, string? root)
        => new(executable is null ? null : Resolve(session, executable), Array.ConvertAll(libraryFolders, folder => Resolve(session, folder)), root is null ? null : Resolve(session, root));

    private static string Resolve(SessionState session, string path) => session.Path.GetUnresolvedProviderPathFromPSPath(path);
}
