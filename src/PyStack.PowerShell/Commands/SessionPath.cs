using System;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.IO;
using System.Management.Automation;

namespace PyStack;

/// <summary>Converts paths as a user types them to paths of the file system.</summary>
internal static class SessionPath
{
    private const string FileSystem = "FileSystem";

    /// <summary>The full path of a literal one; the file need not exist.</summary>
    /// <param name="action">What the user can do about an invalid path.</param>
    /// <exception cref="EngineException">It is not a path in a file system.</exception>
    public static string Resolve(SessionState session, string path, string action)
    {
        if (path.Contains('\0', StringComparison.Ordinal))
        {
            throw Invalid(path, "it has a zero character, which no path can have", action);
        }

        ProviderInfo provider;
        string full;
        try
        {
            full = session.Path.GetUnresolvedProviderPathFromPSPath(path, out provider, out _);
        }
        catch (System.Management.Automation.DriveNotFoundException)
        {
            string drive = path[..Math.Max(0, path.IndexOf(':', StringComparison.Ordinal))];
            throw Invalid(path, $"PowerShell has no drive {drive}", $"{action} If the name of a file has a colon, write ./ before it.");
        }
        catch (Exception e) when (e is RuntimeException or ArgumentException or NotSupportedException or InvalidOperationException)
        {
            throw Invalid(path, e.Message, action);
        }

        return provider.Name == FileSystem ? full : throw Invalid(path, $"it belongs to PowerShell's {provider.Name} provider", action);
    }

    /// <summary>The full paths that match a pattern: files, folders and others; no match is not an error, as everywhere in PowerShell.</summary>
    /// <exception cref="EngineException">It is not a pattern of paths in a file system.</exception>
    public static Collection<string> Matches(SessionState session, string pattern, string action)
    {
        // First the provider: patterns of other providers are not supported.
        string full = Resolve(session, pattern, action);
        // If there is nothing to compare, PowerShell does not parse the pattern.
        _ = Wildcards.Parse(pattern, ", or give the name as -LiteralPath");
        try
        {
            Collection<string> found = session.Path.GetResolvedProviderPathFromPSPath(pattern, out _);
            return found.Count > 0 || MayList(FolderOf(full)) ? found : throw Refused(pattern);
        }
        catch (ItemNotFoundException)
        {
            return MayList(FolderOf(full)) ? [] : throw Refused(pattern);
        }
        catch (UnauthorizedAccessException)
        {
            throw Refused(pattern);
        }
        catch (Exception e) when (e is RuntimeException or ArgumentException or NotSupportedException or InvalidOperationException)
        {
            throw Invalid(pattern, e.Message, action);
        }
    }

    /// <summary>What is before the first part with a wildcard.</summary>
    private static string FolderOf(string pattern)
    {
        string[] parts = pattern.Split('/');
        int wild = Array.FindIndex(parts, WildcardPattern.ContainsWildcardCharacters);
        return WildcardPattern.Unescape(string.Join('/', parts[..Math.Max(0, wild)]) + "/");
    }

    // PowerShell finds nothing in a folder that it may not list, which does not mean that the folder is empty.
    private static bool MayList(string folder)
    {
        try
        {
            using IEnumerator<string> entries = Directory.EnumerateFileSystemEntries(folder).GetEnumerator();
            _ = entries.MoveNext();
            return true;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
        catch (IOException)
        {
            // There is no such folder, which is not an error for a pattern.
            return true;
        }
    }

    private static EngineException Refused(string pattern)
        => new(EngineError.AccessDenied, $"{pattern}: this user may not list the folder.", "Run pwsh as a user who may list it, or as root.");

    private static EngineException Invalid(string path, string reason, string action)
        => new(EngineError.InvalidArgument, $"{path} is not a path in a file system: {reason.TrimEnd('.')}.", action);
}
