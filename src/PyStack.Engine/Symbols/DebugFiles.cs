using System;
using System.Diagnostics.CodeAnalysis;
using System.IO;
using PyStack.Engine.Debuginfod;
using PyStack.Engine.Elf;
using PyStack.Engine.Native;
using PyStack.Engine.Primitives;
using PyStack.Engine.Targets;

namespace PyStack.Engine.Symbols;

/// <summary>
/// Finds the separate debug file of a binary as gdb does (GDB manual, "Debugging Information in Separate Files"): by its build-id below
/// <c>/usr/lib/debug/.build-id</c>, then by its <c>.gnu_debuglink</c>. Names are resolved in the target's own root, with the target's own rights. From our root only files are used that root
/// has put below <c>/usr/lib/debug</c>: files by their build-id, which no name of the target leads to, and the alternate file that such a file names. What is missing is asked of the debuginfod
/// servers that the user has named, by its build-id.
/// </summary>
/// <param name="servers">Null for none. They take as long as they take, so no target may be stopped meanwhile.</param>
internal sealed class DebugFiles(ITarget target, Limits limits, IEngineLog log, DebuginfodClient? servers = null)
{
    private const string Folder = "/usr/lib/debug";

    /// <summary>PATH_MAX (linux/limits.h)</summary>
    private const int LongestPath = 4096;

    private string? _ours;

    /// <summary>Whether a file that was found is one of ours: below <c>/usr/lib/debug</c>, or from a server. What it says is not the target's word.</summary>
    public bool IsOurs(string found) => found == _ours;

    /// <summary>The file, owned by the caller, and its image.</summary>
    /// <param name="path">Of the binary, in the target's root.</param>
    /// <param name="binary">Its image, from its file.</param>
    /// <param name="found">The debug file's own path.</param>
    public bool TryFind(
        string path, ElfImage binary, out string found, [NotNullWhen(true)] out MappedFile? file, [NotNullWhen(true)] out ElfImage? image)
    {
        file = null;
        image = null;
        found = "";
        if (binary.TryGetBuildId(out string? buildId)
            && buildId.Length > 2
            && TryOpenByBuildId(buildId, out found, out file, out image))
        {
            return true;
        }

        if (binary.Sections is { } sections && DebugLink.TryRead(sections, out string name, out uint checksum))
        {
            string directory = path[..(path.LastIndexOf('/') + 1)];
            if (TryOpen(found = directory + name, buildId, checksum, out file, out image)
                || TryOpen(found = $"{directory}.debug/{name}", buildId, checksum, out file, out image)
                || TryOpen(found = $"{Folder}{directory}{name}", buildId, checksum, out file, out image))
            {
                return true;
            }
        }

        return buildId is not null && TryFetch(path, buildId, out found, out file, out image);
    }

    /// <summary>A program or library that cannot be opened here, from a debuginfod server.</summary>
    public bool TryFetchBinary(string path, string buildId, [NotNullWhen(true)] out MappedFile? file)
    {
        file = null;
        return servers?.Find(buildId, DebuginfodKind.Executable, path, log, FileBudget.Current.Cancellation) is string fetched && TryOpenOurs(fetched, buildId, out file, out _);
    }

    /// <summary>The alternate file that a debug file names in <c>.gnu_debugaltlink</c>, owned by the caller.</summary>
    /// <param name="path">Of the debug file; a relative name is relative to its folder.</param>
    /// <param name="sections">Of the debug file.</param>
    public bool TryFindAlternate(string path, ElfSections sections, [NotNullWhen(true)] out MappedFile? file, [NotNullWhen(true)] out ElfImage? image)
    {
        file = null;
        image = null;
        if (!DebugLink.TryReadAlternate(sections, out string name, out string buildId))
        {
            return false;
        }

        string beside = name.StartsWith('/') ? name : path[..(path.LastIndexOf('/') + 1)] + name;
        bool isOurs = path == _ours && Path.GetFullPath(beside).StartsWith(Folder + "/", StringComparison.Ordinal);
        return (isOurs ? TryOpenOurs(Path.GetFullPath(beside), buildId, out file, out image) : TryOpen(beside, buildId, checksum: null, out file, out image))
            || (buildId.Length > 2 && TryOpenByBuildId(buildId, out _, out file, out image))
            || TryFetch(name, buildId, out _, out file, out image);
    }

    public IEngineLog Log => log;

    /// <summary>A file of split debug information. It has no build-id: the ids of its units say whether they belong to a binary.</summary>
    public bool TryOpenSplit(string path, [NotNullWhen(true)] out MappedFile? file, [NotNullWhen(true)] out ElfSections? sections)
    {
        file = null;
        sections = null;
        if (path.Length > LongestPath || !target.TryOpenFile(path, out MappedFile opened))
        {
            return false;
        }

        if (!ElfImage.TryFromFile(opened, limits, out ElfImage? image, out string problem) || image.Sections is null)
        {
            log.Verbose($"{path} {problem}.");
            opened.Dispose();
            return false;
        }

        (file, sections) = (opened, image.Sections);
        return true;
    }

    private bool TryOpenByBuildId(string buildId, out string found, [NotNullWhen(true)] out MappedFile? file, [NotNullWhen(true)] out ElfImage? image)
    {
        found = $"{Folder}/.build-id/{buildId[..2]}/{buildId[2..]}.debug";
        if (TryOpen(found, buildId, checksum: null, out file, out image))
        {
            return true;
        }

        if (!TryOpenOurs(found, buildId, out file, out image))
        {
            return false;
        }

        _ours = found;
        return true;
    }

    private bool TryFetch(string path, string buildId, out string found, [NotNullWhen(true)] out MappedFile? file, [NotNullWhen(true)] out ElfImage? image)
    {
        file = null;
        image = null;
        found = servers?.Find(buildId, DebuginfodKind.DebugInformation, path, log, FileBudget.Current.Cancellation) ?? "";
        if (found.Length == 0 || !TryOpenOurs(found, buildId, out file, out image))
        {
            return false;
        }

        _ours = found;
        return true;
    }

    // With our own rights: only root can write to /usr/lib/debug, and only we to what was fetched.
    private bool TryOpenOurs(string path, string buildId, [NotNullWhen(true)] out MappedFile? file, [NotNullWhen(true)] out ElfImage? image)
    {
        if (MappedFile.TryOpen(new FilePlace(path) { MustBeTrusted = true }, out file, out _) && IsOf(file, path, buildId, checksum: null, out image))
        {
            return true;
        }

        file = null;
        image = null;
        return false;
    }

    private bool TryOpen(string path, string? buildId, uint? checksum, [NotNullWhen(true)] out MappedFile? file, [NotNullWhen(true)] out ElfImage? image)
    {
        if (target.TryOpenFile(path, out MappedFile inTarget) && IsOf(inTarget, path, buildId, checksum, out image))
        {
            file = inTarget;
            return true;
        }

        file = null;
        image = null;
        return false;
    }

    // The build-id decides if both have one; else the checksum of the whole file.
    private bool IsOf(MappedFile file, string path, string? buildId, uint? checksum, [NotNullWhen(true)] out ElfImage? image)
    {
        if (!ElfImage.TryFromFile(file, limits, out image, out string problem))
        {
            log.Verbose($"{path} {problem}.");
        }
        else if (buildId is not null && image.TryGetBuildId(out string? found))
        {
            if (found == buildId)
            {
                return true;
            }

            log.Verbose($"{path} needed BUILD ID {buildId} but found file with BUILD ID {found}");
        }
        else if (checksum is uint expected)
        {
            uint? actual = DebugLink.ChecksumOf(file);
            if (actual == expected)
            {
                return true;
            }

            log.Verbose($"{path} needed checksum {expected:x8} but found file with checksum {actual:x8}");
        }

        image = null;
        file.Dispose();
        return false;
    }
}
