using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Threading;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Layouts;
using PyStack.Engine.Targets;

namespace PyStack.Engine.Python.Runtime.Search;

/// <summary>
/// Searches all writable memory of a target for an interpreter: for <c>-Exhaustive</c>, if no file, symbol or
/// section shows it. First for a version (debug offsets, the text of <c>Py_GetVersion</c>), then for an
/// interpreter of that version, then for the pointer to it.
/// </summary>
internal sealed class ExhaustiveSearch(ITarget target, Limits limits, IEngineLog log, CancellationToken cancellation)
{
    /// <summary>Room for a version text or a cookie at a piece's border.</summary>
    private const int TextOverlap = 256;

    private const int MaxInterpreters = 64;
    private const int MaxVersions = 8;
    private const int MaxCookies = 1024;

    private readonly PointerRanges _pointers = new(target.Map);
    private readonly List<MemoryRegion> _regions = [];
    private long _all;
    private long _done;
    private long _spent;
    private int _cookies;
    private int _percent = -1;
    private string _activity = "";

    /// <summary>An interpreter that was found.</summary>
    public bool TryFind(out ulong runtime, out PythonVersion version, out PythonLayout layout)
    {
        runtime = 0;
        layout = null!;
        version = default;
        foreach (MemoryRegion region in target.Map.Regions)
        {
            if (IsWorthSearching(region))
            {
                _regions.Add(region);
                _all += (long)region.Range.Length;
            }
        }

        // An interpreter's own data is small compared with a heap.
        _regions.Sort((left, right) => left.Range.Length.CompareTo(right.Range.Length));
        _all = Math.Min(_all, limits.SearchedBytes);
        log.Verbose($"Searching {_all >> 20} MB of writable memory in {_regions.Count} mappings for an interpreter.");
        List<PythonVersion> versions = [];
        if (TryFindByText(versions, out runtime, out version, out layout))
        {
            return true;
        }

        foreach (PythonVersion known in versions)
        {
            if (LayoutCatalogue.TryGet(known, target.Processor.Machine, out layout) && TryFindInterpreter(layout, out runtime))
            {
                version = known;
                log.Verbose($"Found by searching all memory: Python {version}, the runtime at 0x{runtime:x}.");
                return true;
            }
        }

        log.Verbose(versions.Count > 0
            ? "Its writable memory contains no interpreter."
            : "Its writable memory contains no version text, which every initialised interpreter has.");
        return false;
    }

    private static bool IsWorthSearching(MemoryRegion region)
        => region.IsWritable
            && region.IsReadable
            && !region.Path.StartsWith("/dev/", StringComparison.Ordinal)
            && (region.Path is not ['[', ..] || region.Path is "[heap]" || region.Path.StartsWith("[anon", StringComparison.Ordinal));

    // Debug offsets lead to the runtime at once, and so does, in nearly all cases, a version text: with the version known, a pointer
    // to the first interpreter is searched for in small regions.
    private bool TryFindByText(List<PythonVersion> versions, out ulong runtime, out PythonVersion version, out PythonLayout layout)
    {
        ulong foundAt = 0;
        PythonVersion foundVersion = default;
        PythonLayout? foundLayout = null;
        Begin("Searching for an interpreter's version");
        WordScan scan = new(target.Memory, TextOverlap, Advance, cancellation);
        scan.Run(_regions, limits.SearchedBytes - _spent, (address, bytes, fresh) =>
        {
            for (int from = 0; _cookies < MaxCookies && bytes[from..].IndexOf(DebugOffsets.CookieText) is >= 0 and int index; from += index + 1)
            {
                ulong at = address + (ulong)(from + index);
                _cookies++;
                if (DebugOffsets.TryRead(target.Memory, at, out DebugOffsets offsets, out _)
                    && offsets.TryComplete(out PythonLayout exact, out _)
                    && InterpreterValidator.IsAlive(target.Memory, at, exact, out _))
                {
                    (foundAt, foundVersion, foundLayout) = (at, offsets.Version, exact);
                    log.Verbose($"Found by searching all memory: Python {foundVersion}, debug offsets at 0x{at:x}.");
                    return true;
                }
            }

            int position = 0;
            while (foundLayout is null && versions.Count < MaxVersions && VersionString.TryFindBanner(bytes, ref position, out PythonVersion text))
            {
                if (versions.Contains(text) || !LayoutCatalogue.TryGet(text, target.Processor.Machine, out PythonLayout known))
                {
                    continue;
                }

                log.Verbose($"Version text {text} near 0x{address:x}.");
                versions.Add(text);
                if (new RuntimeSearch(target, known, cancellation).TryFind(_regions, out foundAt)
                    && InterpreterValidator.IsAlive(target.Memory, foundAt, known, out _))
                {
                    (foundVersion, foundLayout) = (text, known);
                    log.Verbose($"Found by searching all data: Python {text}, the runtime at 0x{foundAt:x}.");
                }
            }

            return foundLayout is not null;
        });
        (runtime, version, layout) = (foundAt, foundVersion, foundLayout!);
        return foundLayout is not null;
    }

    private bool TryFindInterpreter(PythonLayout layout, out ulong runtime)
    {
        HashSet<ulong> interpreters = new(AddressHash.Comparer);
        RuntimeSearch search = new(target, layout, cancellation);
        Begin($"Searching for an interpreter of Python {layout.Version.Major}.{layout.Version.Minor}");
        WordScan scan = new(target.Memory, (layout.Interpreter.Size + 7) & ~7, Advance, cancellation);
        scan.Run(_regions, limits.SearchedBytes - _spent, (address, bytes, fresh) =>
        {
            int last = Math.Min(fresh, bytes.Length - layout.Interpreter.Size);
            for (int at = 0; at <= last; at += sizeof(ulong))
            {
                if (MayBeInterpreter(layout.Interpreter, bytes[at..]) && search.IsInterpreter(address + (ulong)at))
                {
                    log.Debug($"Interpreter at 0x{address + (ulong)at:x}.");
                    interpreters.Add(address + (ulong)at);
                }
            }

            return interpreters.Count >= MaxInterpreters;
        });
        runtime = 0;
        return interpreters.Count > 0 && TryFindRuntime(layout, search, interpreters, out runtime);
    }

    // The runtime is where a pointer to the interpreter is among plausible fields.
    private bool TryFindRuntime(PythonLayout layout, RuntimeSearch search, HashSet<ulong> interpreters, out ulong runtime)
    {
        List<ulong> candidates = [];
        Begin("Searching for the interpreter's runtime");
        WordScan scan = new(target.Memory, 0, Advance, cancellation);
        scan.Run(_regions, limits.SearchedBytes - _spent, (address, bytes, fresh) =>
        {
            ReadOnlySpan<ulong> words = WordScan.Words(bytes);
            for (int i = 0; i < words.Length; i++)
            {
                if (interpreters.Contains(words[i]))
                {
                    candidates.Add(unchecked(address + ((ulong)i * sizeof(ulong)) - (ulong)layout.Runtime.InterpretersHead));
                }
            }

            return candidates.Count > limits.SearchedCandidates;
        });
        return search.TryChoose(candidates, out runtime);
    }

    // Ordered by selectivity; all reads are in the current piece.
    private bool MayBeInterpreter(InterpreterLayout at, ReadOnlySpan<byte> bytes)
        => _pointers.Holds(Word(bytes, at.ThreadsHead))
            && (at.Id is not int id || Word(bytes, id) < (ulong)limits.Interpreters)
            && _pointers.Holds(Word(bytes, at.SysDict))
            && _pointers.Holds(Word(bytes, at.Builtins))
            && _pointers.Holds(Word(bytes, at.Modules))
            && (Word(bytes, at.Next) is var next && (next == 0 || _pointers.Holds(next)));

    private static ulong Word(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt64LittleEndian(bytes[offset..]);

    private void Begin(string activity)
    {
        _activity = activity;
        _done = 0;
        _percent = -1;
    }

    private void Advance(int bytes)
    {
        _done += bytes;
        _spent += bytes;
        int percent = (int)(_done * 100 / Math.Max(_all, 1));
        if (percent != _percent)
        {
            _percent = percent;
            log.Progress($"{_activity} in process {target.ProcessId}", $"{_done >> 20} of {_all >> 20} MB", percent);
        }
    }
}
