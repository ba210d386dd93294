using System;
using System.Collections.Generic;
using System.IO;
using PyStack.Engine.Elf;
using PyStack.Engine.Native;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Targets.Core;

/// <summary>
/// The files that a dead process had mapped, as far as this machine has them: each is looked for when it is first asked for, and taken only if its build-id is the one that
/// the core has in memory.
/// </summary>
internal sealed class CoreFiles : IDisposable
{
    private const string DebugFolder = "/usr/lib/debug/";

    private readonly CoreSegments _segments;
    private readonly CoreSearch _search;
    private readonly Limits _limits;
    private readonly IEngineLog _log;
    private readonly CoreFileMapping[] _mappings;
    private readonly Dictionary<string, Found?> _files = new(StringComparer.Ordinal);

    /// <param name="programPath">As the process named its program; null if the core does not tell.</param>
    public CoreFiles(CoreFile core, CoreSegments segments, string? programPath, CoreSearch search, Limits limits, IEngineLog log)
    {
        _segments = segments;
        ProgramPath = programPath;
        _search = search;
        _limits = limits;
        _log = log;
        _mappings = [.. core.Notes.Mappings];
        Array.Sort(_mappings, (left, right) => left.Range.Start.CompareTo(right.Range.Start));
    }

    public string? ProgramPath { get; }

    /// <summary>Reads what a file has that was mapped at an address.</summary>
    public int Read(ulong address, Span<byte> destination)
    {
        if (Find(address) is not CoreFileMapping mapping || Get(mapping.Path) is not MappedFile file)
        {
            return 0;
        }

        int length = (int)Math.Min((ulong)destination.Length, mapping.Range.End - address);
        return file.Read(unchecked(mapping.Offset + (address - mapping.Range.Start)), destination[..length]);
    }

    /// <summary>The file that the process had by a name; null if there is none here, or another one.</summary>
    public MappedFile? Get(string path) => Find(path)?.File;

    /// <summary>Where on this machine the file is that the process had by a name; null as for <see cref="Get"/>.</summary>
    public string? PlaceOf(string path) => Find(path)?.Place;

    /// <summary>Where a file of that name is looked for on this machine if nothing tells which one it must be, the likeliest place first.</summary>
    public IEnumerable<string> Places(string path)
    {
        if (path == ProgramPath && _search.Executable is string executable)
        {
            yield return executable;
        }

        foreach (string folder in _search.LibraryFolders ?? [])
        {
            yield return Path.Combine(folder, path[(path.LastIndexOf('/') + 1)..]);
        }

        if (_search.Root is string root)
        {
            yield return root.TrimEnd('/') + path;
        }

        // Beside a root of the user's, only what proves by its name or its build-id that it belongs there.
        if (_search.Root is null || path.StartsWith(DebugFolder, StringComparison.Ordinal))
        {
            yield return path;
        }
    }

    public void Dispose()
    {
        foreach (Found? found in _files.Values)
        {
            found?.File.Dispose();
        }

        _files.Clear();
    }

    private Found? Find(string path)
    {
        if (!_files.TryGetValue(path, out Found? found))
        {
            found = Open(path);
            _files.Add(path, found);
        }

        return found;
    }

    private Found? Open(string path)
    {
        // A file that was gone when the core was written has this behind its name; another one may stand there now, and its build-id tells.
        const string DeletedMark = " (deleted)";
        string name = path.EndsWith(DeletedMark, StringComparison.Ordinal) ? path[..^DeletedMark.Length] : path;
        if (!name.StartsWith('/') || name.StartsWith("/dev/", StringComparison.Ordinal))
        {
            return null;
        }

        string? wanted = BuildIdOf(path);
        string? refused = null;
        foreach (string place in PlacesOf(name, wanted))
        {
            if (!MappedFile.TryOpen(place, out MappedFile? file, out _))
            {
                continue;
            }

            string? id = ElfImage.TryFromFile(file, _limits, out ElfImage? image, out _) && image.TryGetBuildId(out string? own) ? own : null;
            if (wanted is null || id == wanted)
            {
                _log.Verbose($"{path}: {place}{(wanted is null ? ", which nothing vouches for" : "")}.");
                return new Found(file, place);
            }

            refused ??= $"{place} needed BUILD ID {wanted} but found file with BUILD ID {id ?? "none"}";
            file.Dispose();
        }

        if (HasCode(path))
        {
            _log.Warning(refused ?? $"Failed to locate {path}");
        }

        return null;
    }

    private IEnumerable<string> PlacesOf(string name, string? wanted)
    {
        foreach (string place in Places(name))
        {
            yield return place;
        }

        if (wanted is not { Length: > 2 })
        {
            yield break;
        }

        if (_search.Root is not null)
        {
            yield return name;
        }

        // Beside the debug file, NAME.debug, distributions keep a link to the binary itself.
        string link = $"{DebugFolder}.build-id/{wanted[..2]}/{wanted[2..]}";
        foreach (string place in Places(link))
        {
            yield return place;
        }
    }

    /// <summary>The build-id that the core has in memory of a file; null if it has none.</summary>
    public string? BuildIdOf(string path)
    {
        foreach (CoreFileMapping mapping in _mappings)
        {
            if (mapping.Path == path
                && mapping.Offset == 0
                && ElfImage.TryFromMemory(_segments, mapping.Range.Start, _limits, out ElfImage? image, out _)
                && image.TryGetBuildId(out string? id))
            {
                return id;
            }
        }

        return null;
    }

    // Data files are mapped once; programs and libraries in parts.
    /// <summary>Whether a file is a program or a library.</summary>
    public bool HasCode(string path)
    {
        int parts = 0;
        foreach (CoreFileMapping mapping in _mappings)
        {
            parts += mapping.Path == path ? 1 : 0;
        }

        return parts > 1;
    }

    private CoreFileMapping? Find(ulong address)
    {
        int low = 0;
        int high = _mappings.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (_mappings[middle].Range.Start <= address)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low > 0 && _mappings[low - 1].Range.Contains(address) ? _mappings[low - 1] : null;
    }

    private sealed record Found(MappedFile File, string Place);
}
