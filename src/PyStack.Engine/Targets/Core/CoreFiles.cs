using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using System.Threading;
using Microsoft.Win32.SafeHandles;
using PyStack.Engine.Debuginfod;
using PyStack.Engine.Elf;
using PyStack.Engine.Native;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Targets.Core;

/// <summary>
/// The files that a dead process had mapped, as far as this machine has them: each is searched for at its first use, and used only if its build-id is the one that
/// the core has in memory. What is not found is asked of the debuginfod servers that the user has named.
/// </summary>
internal sealed class CoreFiles : IDisposable
{
    private const string EscapedLineFeed = "\\012";

    /// <summary>Up to this many in a name are tried in both ways.</summary>
    private const int MostLineFeeds = 4;

    private static readonly SafeFileHandle OurRoot = OpenInRoot.OpenFolder("/");

    private readonly CoreSegments _segments;
    private readonly CorePlaces _places;
    private readonly Limits _limits;
    private readonly IEngineLog _log;
    private readonly CoreFileMapping[] _mappings;
    private readonly DebuginfodClient? _servers;
    private readonly CancellationToken _cancellation;
    private readonly Dictionary<string, Found?> _files = new(StringComparer.Ordinal);

    /// <param name="programPath">As the process named its program; null if the core does not say.</param>
    public CoreFiles(CoreFile core, CoreSegments segments, string? programPath, CoreSearch search, Limits limits, IEngineLog log, CancellationToken cancellation)
    {
        _servers = search.Servers;
        _cancellation = cancellation;
        _segments = segments;
        ProgramPath = programPath;
        Rights = CoreRights.Of(core);
        _places = new CorePlaces(search, programPath);
        _limits = limits;
        _log = log;
        _mappings = [.. core.Notes.Mappings];
        Array.Sort(_mappings, (left, right) => left.Range.Start.CompareTo(right.Range.Start));
    }

    public string? ProgramPath { get; }

    /// <summary>The rights with which the files that the core names are opened; null for our own.</summary>
    public FileRights? Rights { get; }

    /// <summary>A place on this machine. A link of procfs would lead to our own files.</summary>
    public static FilePlace PlaceOf(string place, FileRights? rights) => new(place.Contains('\0', StringComparison.Ordinal) ? place : Path.GetFullPath(place)) { Root = OurRoot, Rights = rights };

    /// <summary>Reads the bytes of the file that was mapped at an address.</summary>
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

    /// <summary>Where a file of that name is looked for on this machine if nothing says which one it must be.</summary>
    public IEnumerable<string> Places(string path) => _places.Of(path);

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
        if (!path.StartsWith('/') || path.StartsWith("/dev/", StringComparison.Ordinal))
        {
            return null;
        }

        string? wanted = BuildIdOf(path);
        string? refused = null;
        foreach (string place in PlacesOf(path, wanted))
        {
            // A file that the core's owner may not read is taken only if it is a program or a library, and, if the core has its build-id, only with the same build-id.
            bool isTheirs = MappedFile.TryOpen(PlaceOf(place, Rights), out MappedFile? file, out _);
            if (!isTheirs && (Rights is null || !MappedFile.TryOpen(PlaceOf(place, null), out file, out _)))
            {
                continue;
            }

            if (!isTheirs && !ElfImage.TryFromFile(file!, _limits, out _, out _))
            {
                file!.Dispose();
                continue;
            }

            string? id = ElfImage.TryFromFile(file!, _limits, out ElfImage? image, out _) && image.TryGetBuildId(out string? own) ? own : null;
            if (wanted is null || id == wanted)
            {
                _log.Verbose($"{path}: {place}{(wanted is null ? ", with no build-id to check it by" : "")}.");
                return new Found(file!, place);
            }

            refused ??= $"{place} needed BUILD ID {wanted} but found file with BUILD ID {id ?? "none"}";
            file!.Dispose();
        }

        if (wanted is not null && HasCode(path) && Fetch(path, wanted) is Found fetched)
        {
            return fetched;
        }

        if (HasCode(path))
        {
            _log.Warning(refused ?? $"Failed to locate {path}");
        }

        return null;
    }

    private Found? Fetch(string path, string buildId)
        => _servers?.Find(buildId, DebuginfodKind.Executable, path, _log, _cancellation) is string place && MappedFile.TryOpen(new FilePlace(place) { MustBeTrusted = true }, out MappedFile? file, out _)
            ? new Found(file, place)
            : null;

    // The name as it is written; and if a file had been removed when the core was written, another one may have its name now, which the build-id shows. gcore copies the names from maps,
    // where a line feed is \012 (seq_file.c).
    private IEnumerable<string> PlacesOf(string path, string? buildId)
    {
        string name = MemoryRegion.WithoutDeletedMark(path);
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (string one in (string[])[path, name, .. WithLineFeeds(path), .. WithLineFeeds(name)])
        {
            foreach (string place in seen.Add(one) ? _places.Of(one, buildId) : [])
            {
                yield return place;
            }
        }
    }

    // Each \012 is a line feed or part of the real name: all combinations for the first few, and all of them as line feeds.
    internal static List<string> WithLineFeeds(string path)
    {
        string[] parts = path.Split(EscapedLineFeed);
        int ways = 1 << Math.Min(parts.Length - 1, MostLineFeeds);
        List<string> paths = [string.Join('\n', parts)];
        for (int way = 1; way < ways; way++)
        {
            StringBuilder text = new(parts[0]);
            for (int i = 1; i < parts.Length; i++)
            {
                _ = text.Append(i <= MostLineFeeds && (way >> (i - 1) & 1) != 0 ? "\n" : EscapedLineFeed).Append(parts[i]);
            }

            paths.Add(text.ToString());
        }

        return paths;
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

    /// <summary>Whether a file is a program or a library: data files are mapped once, programs and libraries in parts.</summary>
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
        int index = SortedSearch.LastAtOrBefore<CoreFileMapping>(_mappings, address, static mapping => mapping.Range.Start);
        return index >= 0 && _mappings[index].Range.Contains(address) ? _mappings[index] : null;
    }

    private sealed record Found(MappedFile File, string Place);
}
